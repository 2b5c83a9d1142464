import { removeJob as removeJobEndpoint } from "@/lib/contracts/queue-job-acts";
import { getJob as getJobEndpoint } from "@/lib/contracts/queue-jobs";
import { getJob } from "@/lib/server/queues/jobs/job";
import { removeJob } from "@/lib/server/queues/jobs/remove";
import { route } from "@/lib/server/route";

export const GET = route(getJobEndpoint, getJob);
export const DELETE = route(removeJobEndpoint, removeJob);
