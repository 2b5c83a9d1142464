import { duplicateJob as duplicateJobEndpoint } from "@/lib/contracts/queue-job-acts";
import { duplicateJob } from "@/lib/server/queues/job-add";
import { route } from "@/lib/server/route";

export const POST = route(duplicateJobEndpoint, duplicateJob);
