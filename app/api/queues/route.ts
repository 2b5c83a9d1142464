import { listQueues as listQueuesEndpoint } from "@/lib/contracts/queues";
import { listQueues } from "@/lib/server/queues/list/list";
import { route } from "@/lib/server/route";

export const GET = route(listQueuesEndpoint, listQueues);
