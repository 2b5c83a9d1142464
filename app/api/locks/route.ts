import { listLocks } from "@/lib/contracts/locks";
import { list } from "@/lib/server/locks/locks";
import { route } from "@/lib/server/route";

export const GET = route(listLocks, list);
