import { updateJobData as updateJobDataEndpoint } from "@/lib/contracts/queue-job-acts";
import { updateJobData } from "@/lib/server/queues/job-acts";
import { route } from "@/lib/server/route";

export const PUT = route(updateJobDataEndpoint, updateJobData);
