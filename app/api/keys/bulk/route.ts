import { planBulk } from "@/lib/contracts/key-bulk";
import { planBulk as service } from "@/lib/server/keys/bulk";
import { route } from "@/lib/server/route";

export const POST = route(planBulk, service);
