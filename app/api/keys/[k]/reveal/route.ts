import { revealValue } from "@/lib/contracts/keys";
import { revealValue as service } from "@/lib/server/keys/value";
import { route } from "@/lib/server/route";

export const POST = route(revealValue, service);
