// The list of queues, and one of them.

import type {
  getQueue as getQueueEndpoint,
  listQueues as listQueuesEndpoint,
  QueueDetail,
} from "../../../contracts/queues.ts";
import type { Context, Service } from "../../context.ts";
import { confirmText, requireQueue } from "../access.ts";
import { withBullmq } from "../refusal.ts";

export const listQueues: Service<typeof listQueuesEndpoint> = ({ runtime }, { query }) =>
  withBullmq(() => runtime.queues.keeper.list({ refresh: query.refresh ?? false }));

export const getQueue: Service<typeof getQueueEndpoint> = async (context, { params }) => {
  const { connections, queues } = context.runtime;
  const row = await requireQueue(context, params.queue);
  const backend = queues.bullmq.backend(params.queue);
  const [meta, rateLimitTtlMs, isMaxed, schedulers, priorities, length, workers] = await withBullmq(() =>
    connections.run((client) =>
      Promise.all([
        backend.getQueueMeta(),
        backend.getRateLimitTtl(row.rateLimit?.max),
        backend.isMaxed(),
        backend.getJobSchedulersCount(),
        prioritiesOf(context, params.queue, row.counts.prioritized),
        client.xlen(queues.bullmq.key(params.queue, "events")),
        queues.keeper.workersOf(params.queue),
      ]),
    ),
  );
  const maxLength = Number(meta["opts.maxLenEvents"] ?? Number.NaN);
  return {
    ...row,
    priorities,
    workerList: workers.workers ?? [],
    mismatches: workers.mismatches,
    rateLimitTtlMs: Math.max(0, rateLimitTtlMs),
    isMaxed,
    schedulers,
    events: { length, maxLength: Number.isSafeInteger(maxLength) ? maxLength : null },
    meta,
    confirm: confirmText(context, params.queue),
  };
};

/** Priorities that are looked for one after the other; a queue with more is rare, and is told its first. */
const MOST_PRIORITIES = 20;
/** A prioritized job's score is its priority in the upper bits. */
const PRIORITY_UNIT = 0x1_0000_0000;

/** Steps from each priority that has jobs to the next, so that 2,097,151 possible ones need not be asked for. */
async function prioritiesOf(
  { runtime }: Context,
  queue: string,
  prioritized: number,
): Promise<QueueDetail["priorities"]> {
  if (prioritized === 0) return [];
  const { connections, queues } = runtime;
  const key = queues.bullmq.key(queue, "prioritized");
  const found: number[] = [];
  for (let from = "-inf"; found.length < MOST_PRIORITIES; ) {
    const [, score] = await connections.run((client) =>
      client.zrangebyscore(key, from, "+inf", "WITHSCORES", "LIMIT", 0, 1),
    );
    if (score === undefined) break;
    const priority = Math.floor(Number(score) / PRIORITY_UNIT);
    found.push(priority);
    from = String((priority + 1) * PRIORITY_UNIT);
  }
  const counts = await queues.bullmq.backend(queue).getCountsPerPriority(found);
  return found.map((priority, index) => ({ priority, count: Number(counts[index] ?? 0) }));
}
