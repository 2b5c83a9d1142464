import { setTtl } from "@/lib/contracts/key-edits";
import { setTtl as service } from "@/lib/server/keys/ttl";
import { route } from "@/lib/server/route";

export const PUT = route(setTtl, service);
