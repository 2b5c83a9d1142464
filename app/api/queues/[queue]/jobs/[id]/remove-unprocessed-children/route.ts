import { removeUnprocessedChildren as removeUnprocessedChildrenEndpoint } from "@/lib/contracts/queue-flows";
import { removeUnprocessedChildren } from "@/lib/server/queues/flows/acts";
import { route } from "@/lib/server/route";

export const POST = route(removeUnprocessedChildrenEndpoint, removeUnprocessedChildren);
