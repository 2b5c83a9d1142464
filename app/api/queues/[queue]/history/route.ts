import { getQueueHistory } from "@/lib/contracts/queue-history";
import { getQueueHistory as service } from "@/lib/server/queues/history/history";
import { route } from "@/lib/server/route";

export const GET = route(getQueueHistory, service);
