import { undo } from "@/lib/contracts/key-edits";
import { undo as service } from "@/lib/server/keys/undo";
import { route } from "@/lib/server/route";

export const POST = route(undo, service);
