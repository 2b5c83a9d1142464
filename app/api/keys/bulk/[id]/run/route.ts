import { runBulk } from "@/lib/contracts/key-bulk";
import { runBulk as service } from "@/lib/server/keys/bulk";
import { route } from "@/lib/server/route";

export const POST = route(runBulk, service);
