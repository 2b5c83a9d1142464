import { revealDecoded } from "@/lib/contracts/key-values";
import { revealDecoded as service } from "@/lib/server/keys/decoded";
import { route } from "@/lib/server/route";

export const POST = route(revealDecoded, service);
