import { traceReloads } from "@/lib/contracts/reloads";
import { traceReloads as trace } from "@/lib/server/reloads/trace";
import { route } from "@/lib/server/route";

export const GET = route(traceReloads, trace);
