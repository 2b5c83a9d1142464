import { previewSchedule as previewScheduleEndpoint } from "@/lib/contracts/queue-schedulers";
import { previewSchedule } from "@/lib/server/queues/schedulers/schedule";
import { route } from "@/lib/server/route";

export const POST = route(previewScheduleEndpoint, previewSchedule);
