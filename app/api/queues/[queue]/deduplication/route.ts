import { listDeduplication as listDeduplicationEndpoint } from "@/lib/contracts/queue-settings";
import { listDeduplication } from "@/lib/server/queues/deduplication";
import { route } from "@/lib/server/route";

export const GET = route(listDeduplicationEndpoint, listDeduplication);
