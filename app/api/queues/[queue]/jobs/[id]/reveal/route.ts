import { revealJob as revealJobEndpoint } from "@/lib/contracts/queue-jobs";
import { revealJob } from "@/lib/server/queues/jobs/texts";
import { route } from "@/lib/server/route";

export const POST = route(revealJobEndpoint, revealJob);
