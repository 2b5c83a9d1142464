// Failed jobs by what they failed of.

import type { listFailures as endpoint } from "../../../contracts/queue-jobs.ts";
import type { Service } from "../../context.ts";
import { requireQueue } from "../access.ts";
import { withBullmq } from "../refusal.ts";

export const listFailures: Service<typeof endpoint> = async (context, { params, query }) => {
  const { counts } = await requireQueue(context, params.queue);
  const { failures } = context.runtime.queues;
  return withBullmq(() => failures.get(params.queue, counts.failed, { refresh: query.refresh ?? false }));
};
