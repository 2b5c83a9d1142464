import { revokeSessions } from "@/lib/contracts/sessions";
import { route } from "@/lib/server/route";
import { revoke } from "@/lib/server/sessions/revoke";

export const POST = route(revokeSessions, revoke);
