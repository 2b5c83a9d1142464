import { describeKeys } from "@/lib/contracts/keys";
import { describeKeys as service } from "@/lib/server/keys/list";
import { route } from "@/lib/server/route";

export const GET = route(describeKeys, service);
