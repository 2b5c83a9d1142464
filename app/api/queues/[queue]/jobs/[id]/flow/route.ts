import { getFlow as getFlowEndpoint } from "@/lib/contracts/queue-flows";
import { getFlow } from "@/lib/server/queues/flows/flows";
import { route } from "@/lib/server/route";

export const GET = route(getFlowEndpoint, getFlow);
