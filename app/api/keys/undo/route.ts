import { listUndo } from "@/lib/contracts/keys";
import { listUndo as service } from "@/lib/server/keys/undo";
import { route } from "@/lib/server/route";

export const GET = route(listUndo, service);
