import { listAudit } from "@/lib/contracts/audit";
import { list } from "@/lib/server/audit/audit-log";
import { route } from "@/lib/server/route";

export const GET = route(listAudit, list);
