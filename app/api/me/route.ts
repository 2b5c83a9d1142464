import { getMe } from "@/lib/contracts/system";
import { me } from "@/lib/server/access/me";
import { route } from "@/lib/server/route";

export const GET = route(getMe, me);
