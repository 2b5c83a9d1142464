import {
  getQueueBulk as getQueueBulkEndpoint,
  stopQueueBulk as stopQueueBulkEndpoint,
} from "@/lib/contracts/queue-bulk";
import { getQueueBulk, stopQueueBulk } from "@/lib/server/queues/bulk/bulk";
import { route } from "@/lib/server/route";

export const GET = route(getQueueBulkEndpoint, getQueueBulk);
export const DELETE = route(stopQueueBulkEndpoint, stopQueueBulk);
