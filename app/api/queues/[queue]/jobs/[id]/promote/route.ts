import { promoteJob as promoteJobEndpoint } from "@/lib/contracts/queue-job-acts";
import { promoteJob } from "@/lib/server/queues/jobs/acts";
import { route } from "@/lib/server/route";

export const POST = route(promoteJobEndpoint, promoteJob);
