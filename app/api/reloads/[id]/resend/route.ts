import { resendReload } from "@/lib/contracts/reloads";
import { resendReload as resend } from "@/lib/server/reloads/start";
import { route } from "@/lib/server/route";

export const POST = route(resendReload, resend);
