import { listUndo } from "@/lib/contracts/key-edits";
import { listUndo as service } from "@/lib/server/keys/undo";
import { route } from "@/lib/server/route";

export const GET = route(listUndo, service);
