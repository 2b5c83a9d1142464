import { listInstances } from "@/lib/contracts/instances";
import { list } from "@/lib/server/instances/instances";
import { route } from "@/lib/server/route";

export const GET = route(listInstances, list);
