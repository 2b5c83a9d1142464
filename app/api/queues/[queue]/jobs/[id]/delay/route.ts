import { changeJobDelay as changeJobDelayEndpoint } from "@/lib/contracts/queue-job-acts";
import { changeJobDelay } from "@/lib/server/queues/jobs/acts";
import { route } from "@/lib/server/route";

export const PUT = route(changeJobDelayEndpoint, changeJobDelay);
