import { getBulk, stopBulk } from "@/lib/contracts/key-bulk";
import { getBulk as get, stopBulk as stop } from "@/lib/server/keys/bulk";
import { route } from "@/lib/server/route";

export const GET = route(getBulk, get);
export const DELETE = route(stopBulk, stop);
