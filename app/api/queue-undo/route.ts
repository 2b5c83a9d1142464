import { listQueueUndo as listQueueUndoEndpoint } from "@/lib/contracts/queue-schedulers";
import { listQueueUndo } from "@/lib/server/queues/undo/undo";
import { route } from "@/lib/server/route";

export const GET = route(listQueueUndoEndpoint, listQueueUndo);
