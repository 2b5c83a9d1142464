import { forceRelease } from "@/lib/contracts/locks";
import { release } from "@/lib/server/locks/release";
import { route } from "@/lib/server/route";

export const POST = route(forceRelease, release);
