import { exportAudit } from "@/lib/contracts/audit";
import { exportAll } from "@/lib/server/audit/audit-log";
import { route } from "@/lib/server/route";

export const GET = route(exportAudit, exportAll);
