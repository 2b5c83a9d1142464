import { getRevocation } from "@/lib/contracts/sessions";
import { route } from "@/lib/server/route";
import { revocation } from "@/lib/server/sessions/revoke";

export const GET = route(getRevocation, revocation);
