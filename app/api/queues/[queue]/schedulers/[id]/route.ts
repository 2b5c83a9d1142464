import {
  removeScheduler as removeSchedulerEndpoint,
  saveScheduler as saveSchedulerEndpoint,
} from "@/lib/contracts/queue-schedulers";
import { removeScheduler, saveScheduler } from "@/lib/server/queues/schedulers/acts";
import { route } from "@/lib/server/route";

export const PUT = route(saveSchedulerEndpoint, saveScheduler);
export const DELETE = route(removeSchedulerEndpoint, removeScheduler);
