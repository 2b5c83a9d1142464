import { getKey } from "@/lib/contracts/keys";
import { getKey as service } from "@/lib/server/keys/inspect";
import { route } from "@/lib/server/route";

export const GET = route(getKey, service);
