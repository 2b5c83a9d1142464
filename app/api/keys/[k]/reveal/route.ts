import { revealValue } from "@/lib/contracts/key-values";
import { revealValue as service } from "@/lib/server/keys/value";
import { route } from "@/lib/server/route";

export const POST = route(revealValue, service);
