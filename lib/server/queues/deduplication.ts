// Deduplication keys: while one lives, further jobs with its id are dropped. One is looked up by its id; to see all, the
// names of the queue are walked within a budget, because BullMQ keeps no list of them.

import type {
  DeduplicationKey,
  listDeduplication as listEndpoint,
  removeDeduplication as removeEndpoint,
} from "../../contracts/queue-settings.ts";
import { escapeGlob } from "../../core/keyspace.ts";
import { Budget } from "../../explorer/budget.ts";
import { walk } from "../../explorer/scanner.ts";
import { ApiError, type Context, type Service } from "../context.ts";
import { change, requireQueue } from "./access.ts";
import { withBullmq } from "./refusal.ts";

const PAGE = 200;
const BUDGET = { ms: 200, roundTrips: 400 };

export const listDeduplication: Service<typeof listEndpoint> = async (context, { params, query }) => {
  await requireQueue(context, params.queue);
  if (query.id !== undefined) {
    const key = await readKey(context, params.queue, query.id);
    return { keys: key ? [key] : [], cursor: null, examined: 1, total: 1, complete: true };
  }
  const { connections, keyspace, queues } = context.runtime;
  const prefix = `${queues.bullmq.key(params.queue, "de")}:`;
  const { found, cursor, examined, total } = await walk({
    ...{ connections, keyspace, limit: PAGE, cursor: query.cursor, signal: context.signal },
    search: {
      names: [],
      lanes: [Buffer.from(`${escapeGlob(prefix)}*`)],
      maxCount: 1_000,
      isMeant: () => true,
    },
    filterId: `deduplication ${params.queue}`,
    type: "string",
    budget: new Budget(BUDGET),
    keep: async (names) => names.map((name) => ({ name })),
  });
  const ids = found.map(({ name }) => name.toString().slice(prefix.length));
  const keys = await Promise.all(ids.map((id) => readKey(context, params.queue, id)));
  return { keys: keys.filter((key) => key !== null), cursor, examined, total, complete: cursor === null };
};

async function readKey({ runtime }: Context, queue: string, id: string): Promise<DeduplicationKey | null> {
  const { connections, queues } = runtime;
  const [jobId, ttlMs] = await withBullmq(() =>
    connections.run((client) =>
      Promise.all([
        queues.bullmq.queue(queue).getDeduplicationJobId(id),
        client.pttl(`${queues.bullmq.key(queue, "de")}:${id}`),
      ]),
    ),
  );
  return jobId === null ? null : { id, jobId: jobId === "" ? null : jobId, ttlMs: Math.max(-1, ttlMs) };
}

export const removeDeduplication: Service<typeof removeEndpoint> = async (context, { params, body }) => {
  const { queue, id } = params;
  const about = { queue, action: "queues.remove-deduplication", part: id, reason: body.reason };
  await change(context, about, async () => {
    const removed = await context.runtime.queues.bullmq.queue(queue).removeDeduplicationKey(id);
    if (removed === 0) throw new ApiError("NOT_FOUND", "There is no deduplication key of this id (any more).");
  });
  return { removed: true };
};
