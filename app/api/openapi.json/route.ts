import { getOpenapi } from "@/lib/contracts/system";
import { openapi } from "@/lib/server/openapi";
import { route } from "@/lib/server/route";

export const GET = route(getOpenapi, openapi);
