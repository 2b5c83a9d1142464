import { getInstance } from "@/lib/contracts/instances";
import { get } from "@/lib/server/instances/instances";
import { route } from "@/lib/server/route";

export const GET = route(getInstance, get);
