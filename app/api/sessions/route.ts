import { listSessions } from "@/lib/contracts/sessions";
import { route } from "@/lib/server/route";
import { list } from "@/lib/server/sessions/sessions";

export const GET = route(listSessions, list);
