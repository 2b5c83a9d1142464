import { listFlows as listFlowsEndpoint } from "@/lib/contracts/queue-flows";
import { listFlows } from "@/lib/server/queues/flows/list";
import { route } from "@/lib/server/route";

export const GET = route(listFlowsEndpoint, listFlows);
