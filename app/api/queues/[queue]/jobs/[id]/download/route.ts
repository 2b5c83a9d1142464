import { downloadJob as downloadJobEndpoint } from "@/lib/contracts/queue-jobs";
import { downloadJob } from "@/lib/server/queues/jobs/texts";
import { route } from "@/lib/server/route";

export const GET = route(downloadJobEndpoint, downloadJob);
