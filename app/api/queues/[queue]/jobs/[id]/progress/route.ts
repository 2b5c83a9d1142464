import { updateJobProgress as updateJobProgressEndpoint } from "@/lib/contracts/queue-job-acts";
import { updateJobProgress } from "@/lib/server/queues/jobs/acts";
import { route } from "@/lib/server/route";

export const PUT = route(updateJobProgressEndpoint, updateJobProgress);
