import { getSession } from "@/lib/contracts/sessions";
import { route } from "@/lib/server/route";
import { get } from "@/lib/server/sessions/sessions";

export const GET = route(getSession, get);
