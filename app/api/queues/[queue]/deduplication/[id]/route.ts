import { removeDeduplication as removeDeduplicationEndpoint } from "@/lib/contracts/queue-settings";
import { removeDeduplication } from "@/lib/server/queues/deduplication";
import { route } from "@/lib/server/route";

export const DELETE = route(removeDeduplicationEndpoint, removeDeduplication);
