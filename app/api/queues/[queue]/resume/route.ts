import { resumeQueue as resumeQueueEndpoint } from "@/lib/contracts/queues";
import { resumeQueue } from "@/lib/server/queues/settings";
import { route } from "@/lib/server/route";

export const POST = route(resumeQueueEndpoint, resumeQueue);
