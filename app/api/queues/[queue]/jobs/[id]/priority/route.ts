import { changeJobPriority as changeJobPriorityEndpoint } from "@/lib/contracts/queue-job-acts";
import { changeJobPriority } from "@/lib/server/queues/jobs/acts";
import { route } from "@/lib/server/route";

export const PUT = route(changeJobPriorityEndpoint, changeJobPriority);
