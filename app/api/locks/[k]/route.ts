import { getLock } from "@/lib/contracts/locks";
import { get } from "@/lib/server/locks/locks";
import { route } from "@/lib/server/route";

export const GET = route(getLock, get);
