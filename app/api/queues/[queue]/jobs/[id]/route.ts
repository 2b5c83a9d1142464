import { getJob as getJobEndpoint, removeJob as removeJobEndpoint } from "@/lib/contracts/queue-jobs";
import { getJob } from "@/lib/server/queues/job";
import { removeJob } from "@/lib/server/queues/job-remove";
import { route } from "@/lib/server/route";

export const GET = route(getJobEndpoint, getJob);
export const DELETE = route(removeJobEndpoint, removeJob);
