import { planRemoval as planRemovalEndpoint } from "@/lib/contracts/queue-bulk";
import { planRemoval } from "@/lib/server/queues/bulk/bulk";
import { route } from "@/lib/server/route";

export const POST = route(planRemovalEndpoint, planRemoval);
