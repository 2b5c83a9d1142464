import { duplicateJob as duplicateJobEndpoint } from "@/lib/contracts/queue-job-acts";
import { duplicateJob } from "@/lib/server/queues/jobs/add";
import { route } from "@/lib/server/route";

export const POST = route(duplicateJobEndpoint, duplicateJob);
