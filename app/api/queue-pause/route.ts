import { pauseQueues as pauseQueuesEndpoint } from "@/lib/contracts/queues";
import { pauseQueues } from "@/lib/server/queues/settings";
import { route } from "@/lib/server/route";

export const POST = route(pauseQueuesEndpoint, pauseQueues);
