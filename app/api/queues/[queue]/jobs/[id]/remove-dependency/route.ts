import { removeChildDependency as removeChildDependencyEndpoint } from "@/lib/contracts/queue-flows";
import { removeChildDependency } from "@/lib/server/queues/flows/acts";
import { route } from "@/lib/server/route";

export const POST = route(removeChildDependencyEndpoint, removeChildDependency);
