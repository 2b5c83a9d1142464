import { getCensus } from "@/lib/contracts/keys";
import { getCensus as service } from "@/lib/server/keys/census";
import { route } from "@/lib/server/route";

export const GET = route(getCensus, service);
