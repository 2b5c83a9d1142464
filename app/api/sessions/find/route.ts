import { findSession } from "@/lib/contracts/sessions";
import { route } from "@/lib/server/route";
import { find } from "@/lib/server/sessions/sessions";

export const POST = route(findSession, find);
