import { retryJob as retryJobEndpoint } from "@/lib/contracts/queue-job-acts";
import { retryJob } from "@/lib/server/queues/jobs/acts";
import { route } from "@/lib/server/route";

export const POST = route(retryJobEndpoint, retryJob);
