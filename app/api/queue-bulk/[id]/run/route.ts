import { runQueueBulk as runQueueBulkEndpoint } from "@/lib/contracts/queue-bulk";
import { runQueueBulk } from "@/lib/server/queues/bulk/bulk";
import { route } from "@/lib/server/route";

export const POST = route(runQueueBulkEndpoint, runQueueBulk);
