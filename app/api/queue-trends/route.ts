import { listQueueTrends } from "@/lib/contracts/queue-history";
import { listQueueTrends as service } from "@/lib/server/queues/history/history";
import { route } from "@/lib/server/route";

export const GET = route(listQueueTrends, service);
