import { listSessionInstances } from "@/lib/contracts/sessions";
import { route } from "@/lib/server/route";
import { listInstances } from "@/lib/server/sessions/instances";

export const GET = route(listSessionInstances, listInstances);
