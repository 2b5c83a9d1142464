import { trimQueueEvents as trimQueueEventsEndpoint } from "@/lib/contracts/queue-settings";
import { trimQueueEvents } from "@/lib/server/queues/settings";
import { route } from "@/lib/server/route";

export const POST = route(trimQueueEventsEndpoint, trimQueueEvents);
