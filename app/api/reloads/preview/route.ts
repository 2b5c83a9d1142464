import { previewReload } from "@/lib/contracts/reloads";
import { previewReload as preview } from "@/lib/server/reloads/plan";
import { route } from "@/lib/server/route";

export const POST = route(previewReload, preview);
