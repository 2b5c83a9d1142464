import { getLive } from "@/lib/contracts/system";
import { live } from "@/lib/server/overview/health";
import { route } from "@/lib/server/route";

export const GET = route(getLive, live);
