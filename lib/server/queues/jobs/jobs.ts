// Pages of jobs.

import type { listJobs as endpoint } from "../../../contracts/queue-jobs.ts";
import { createMask } from "../../../explorer/mask.ts";
import type { Context, Service } from "../../context.ts";
import { requireQueue } from "../access.ts";
import { readIds } from "../list/snapshot.ts";
import { withBullmq } from "../refusal.ts";
import { type JobParts, readRows } from "./fields.ts";

export const listJobs: Service<typeof endpoint> = async (context, { params, query }) => {
  const { counts } = await requireQueue(context, params.queue);
  const { state, order, offset, limit } = query;
  const parts = jobParts(context);
  const jobs = await withBullmq(async () => {
    const ids = await readIds(parts.bullmq, params.queue, state, { start: offset, end: offset + limit - 1, order });
    return readRows(parts, params.queue, ids, state);
  });
  return { jobs, total: counts[state], offset, asOf: Date.now() };
};

export function jobParts({ runtime }: Pick<Context, "runtime">): JobParts {
  const { connections, config, queues } = runtime;
  const { bullmq, isReadOnly } = queues;
  return { connections, bullmq, isReadOnly, mask: createMask(config.sensitiveFields) };
}
