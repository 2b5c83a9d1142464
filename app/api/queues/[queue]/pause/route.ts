import { pauseQueue as pauseQueueEndpoint } from "@/lib/contracts/queues";
import { pauseQueue } from "@/lib/server/queues/settings";
import { route } from "@/lib/server/route";

export const POST = route(pauseQueueEndpoint, pauseQueue);
