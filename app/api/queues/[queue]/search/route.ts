import { searchJobs as searchJobsEndpoint } from "@/lib/contracts/queue-jobs";
import { searchJobs } from "@/lib/server/queues/jobs/search";
import { route } from "@/lib/server/route";

export const GET = route(searchJobsEndpoint, searchJobs);
