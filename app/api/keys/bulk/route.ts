import { planBulk } from "@/lib/contracts/keys";
import { planBulk as service } from "@/lib/server/keys/bulk";
import { route } from "@/lib/server/route";

export const POST = route(planBulk, service);
