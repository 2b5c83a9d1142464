import { moveJobToDelayed as moveJobToDelayedEndpoint } from "@/lib/contracts/queue-job-acts";
import { moveJobToDelayed } from "@/lib/server/queues/jobs/acts";
import { route } from "@/lib/server/route";

export const POST = route(moveJobToDelayedEndpoint, moveJobToDelayed);
