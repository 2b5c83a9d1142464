import { listFailures as listFailuresEndpoint } from "@/lib/contracts/queue-jobs";
import { listFailures } from "@/lib/server/queues/failures/failures";
import { route } from "@/lib/server/route";

export const GET = route(listFailuresEndpoint, listFailures);
