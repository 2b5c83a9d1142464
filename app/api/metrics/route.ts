import { getMetrics } from "@/lib/contracts/metrics";
import { getMetrics as service } from "@/lib/server/metrics/metrics";
import { route } from "@/lib/server/route";

export const GET = route(getMetrics, service);
