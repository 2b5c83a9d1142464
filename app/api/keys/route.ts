import { listKeys } from "@/lib/contracts/keys";
import { listKeys as service } from "@/lib/server/keys/list";
import { route } from "@/lib/server/route";

export const GET = route(listKeys, service);
