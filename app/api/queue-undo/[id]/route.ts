import { undoQueueAct as undoQueueActEndpoint } from "@/lib/contracts/queue-schedulers";
import { undoQueueAct } from "@/lib/server/queues/undo/undo";
import { route } from "@/lib/server/route";

export const POST = route(undoQueueActEndpoint, undoQueueAct);
