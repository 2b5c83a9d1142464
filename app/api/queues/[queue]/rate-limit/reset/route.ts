import { resetQueueRateLimit as resetQueueRateLimitEndpoint } from "@/lib/contracts/queue-settings";
import { resetQueueRateLimit } from "@/lib/server/queues/settings";
import { route } from "@/lib/server/route";

export const POST = route(resetQueueRateLimitEndpoint, resetQueueRateLimit);
