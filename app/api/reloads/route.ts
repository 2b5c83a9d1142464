import { listReloads, startReload } from "@/lib/contracts/reloads";
import { listReloads as list } from "@/lib/server/reloads/list";
import { startReload as start } from "@/lib/server/reloads/start";
import { route } from "@/lib/server/route";

export const GET = route(listReloads, list);
export const POST = route(startReload, start);
