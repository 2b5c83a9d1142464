import { planJobsAct as planJobsActEndpoint } from "@/lib/contracts/queue-bulk";
import { planJobsAct } from "@/lib/server/queues/bulk/bulk";
import { route } from "@/lib/server/route";

export const POST = route(planJobsActEndpoint, planJobsAct);
