import { reconcile } from "@/lib/contracts/key-edits";
import { reconcile as service } from "@/lib/server/keys/reconcile";
import { route } from "@/lib/server/route";

export const POST = route(reconcile, service);
