import {
  getQueueRateLimit as getQueueRateLimitEndpoint,
  setQueueRateLimit as setQueueRateLimitEndpoint,
} from "@/lib/contracts/queue-settings";
import { getQueueRateLimit, setQueueRateLimit } from "@/lib/server/queues/settings";
import { route } from "@/lib/server/route";

export const GET = route(getQueueRateLimitEndpoint, getQueueRateLimit);
export const PUT = route(setQueueRateLimitEndpoint, setQueueRateLimit);
