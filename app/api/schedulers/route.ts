import { listSchedulers as listSchedulersEndpoint } from "@/lib/contracts/queue-schedulers";
import { listSchedulers } from "@/lib/server/queues/schedulers/schedulers";
import { route } from "@/lib/server/route";

export const GET = route(listSchedulersEndpoint, listSchedulers);
