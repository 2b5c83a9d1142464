import { getReload } from "@/lib/contracts/reloads";
import { getReload as get } from "@/lib/server/reloads/matrix";
import { route } from "@/lib/server/route";

export const GET = route(getReload, get);
