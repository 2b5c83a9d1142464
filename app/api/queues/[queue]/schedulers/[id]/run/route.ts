import { runScheduler as runSchedulerEndpoint } from "@/lib/contracts/queue-schedulers";
import { runScheduler } from "@/lib/server/queues/schedulers/acts";
import { route } from "@/lib/server/route";

export const POST = route(runSchedulerEndpoint, runScheduler);
