import { failJob as failJobEndpoint } from "@/lib/contracts/queue-job-acts";
import { failJob } from "@/lib/server/queues/jobs/acts";
import { route } from "@/lib/server/route";

export const POST = route(failJobEndpoint, failJob);
