import { getQueue as getQueueEndpoint } from "@/lib/contracts/queues";
import { getQueue } from "@/lib/server/queues/list/list";
import { route } from "@/lib/server/route";

export const GET = route(getQueueEndpoint, getQueue);
