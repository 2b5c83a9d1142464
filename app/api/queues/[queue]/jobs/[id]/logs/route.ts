import { addJobLog as addJobLogEndpoint, clearJobLogs as clearJobLogsEndpoint } from "@/lib/contracts/queue-job-acts";
import { listJobLogs as listJobLogsEndpoint } from "@/lib/contracts/queue-jobs";
import { addJobLog, clearJobLogs, listJobLogs } from "@/lib/server/queues/jobs/logs";
import { route } from "@/lib/server/route";

export const GET = route(listJobLogsEndpoint, listJobLogs);
export const POST = route(addJobLogEndpoint, addJobLog);
export const DELETE = route(clearJobLogsEndpoint, clearJobLogs);
