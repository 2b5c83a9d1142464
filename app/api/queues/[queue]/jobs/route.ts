import { addJob as addJobEndpoint } from "@/lib/contracts/queue-job-acts";
import { listJobs as listJobsEndpoint } from "@/lib/contracts/queue-jobs";
import { addJob } from "@/lib/server/queues/jobs/add";
import { listJobs } from "@/lib/server/queues/jobs/jobs";
import { route } from "@/lib/server/route";

export const GET = route(listJobsEndpoint, listJobs);
export const POST = route(addJobEndpoint, addJob);
