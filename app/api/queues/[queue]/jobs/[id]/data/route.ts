import { updateJobData as updateJobDataEndpoint } from "@/lib/contracts/queue-job-acts";
import { updateJobData } from "@/lib/server/queues/jobs/acts";
import { route } from "@/lib/server/route";

export const PUT = route(updateJobDataEndpoint, updateJobData);
