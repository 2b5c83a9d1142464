import { listQueueEvents as listQueueEventsEndpoint } from "@/lib/contracts/queues";
import { listQueueEvents } from "@/lib/server/queues/events";
import { route } from "@/lib/server/route";

export const GET = route(listQueueEventsEndpoint, listQueueEvents);
