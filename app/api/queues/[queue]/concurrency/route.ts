import { setQueueConcurrency as setQueueConcurrencyEndpoint } from "@/lib/contracts/queue-settings";
import { setQueueConcurrency } from "@/lib/server/queues/settings";
import { route } from "@/lib/server/route";

export const PUT = route(setQueueConcurrencyEndpoint, setQueueConcurrency);
