import { getReady } from "@/lib/contracts/system";
import { ready } from "@/lib/server/overview/health";
import { route } from "@/lib/server/route";

export const GET = route(getReady, ready);
