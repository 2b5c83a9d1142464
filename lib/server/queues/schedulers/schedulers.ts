// The schedulers of all queues in one table.

import {
  type listSchedulers as endpoint,
  OVERWRITE_WARNING,
  type Scheduler,
} from "../../../contracts/queue-schedulers.ts";
import type { Context, Service } from "../../context.ts";
import { confirmText, requireQueue } from "../access.ts";
import { jobParts } from "../jobs/jobs.ts";
import { readIds } from "../list/snapshot.ts";
import { withBullmq } from "../refusal.ts";
import { type LastRun, type RawScheduler, readScheduler, toScheduler } from "./hash.ts";

const MOST_PER_QUEUE = 500;
/** A scheduler's last run is looked for among so many jobs of a state. */
const MOST_LOOKED_AT = 500;

export const listSchedulers: Service<typeof endpoint> = async (context, { query }) => {
  const { queues } = context.runtime;
  if (query.queue !== undefined) await requireQueue(context, query.queue);
  const names = query.queue === undefined ? await withBullmq(() => queues.keeper.names()) : [query.queue];
  const parts = await withBullmq(() => Promise.all(names.map((name) => schedulersOf(context, name))));
  return {
    schedulers: parts.flatMap(({ rows }) => rows).sort(byNextRun),
    total: parts.reduce((sum, { total }) => sum + total, 0),
    warning: OVERWRITE_WARNING,
    asOf: Date.now(),
  };
};

/** One scheduler as the table shows it; null when there is none. */
export async function findScheduler(context: Context, queue: string, id: string): Promise<Scheduler | null> {
  const raw = await readScheduler(jobParts(context), queue, id);
  if (raw === null) return null;
  const [row] = await toRows(context, queue, [raw]);
  return row ?? null;
}

async function schedulersOf(context: Context, queue: string): Promise<{ rows: Scheduler[]; total: number }> {
  const { connections, bullmq } = jobParts(context);
  const backend = bullmq.backend(queue);
  const total = await connections.run(() => backend.getJobSchedulersCount());
  if (total === 0) return { rows: [], total };
  const range = await connections.run(() => backend.getJobSchedulersRange(0, MOST_PER_QUEUE - 1, true));
  const ids = range.filter((_, at) => at % 2 === 0);
  const raws = await Promise.all(ids.map((id) => readScheduler(jobParts(context), queue, id)));
  return {
    rows: await toRows(
      context,
      queue,
      raws.filter((raw) => raw !== null),
    ),
    total,
  };
}

async function toRows(context: Context, queue: string, raws: readonly RawScheduler[]): Promise<Scheduler[]> {
  const lastRuns = await lastRunsOf(context, queue);
  const readOnly = context.runtime.queues.isReadOnly(queue);
  const { mask } = jobParts(context);
  return raws.map((raw) =>
    toScheduler(raw, { mask, readOnly, last: lastRuns.get(raw.id), confirm: confirmText(context, raw.id) }),
  );
}

/** A scheduler's job is called `repeat:<scheduler>:<ms>`: the ids alone tell when each ran last. */
async function lastRunsOf(context: Context, queue: string): Promise<Map<string, LastRun>> {
  const { bullmq } = jobParts(context);
  const latest = new Map<string, LastRun>();
  const states = ["completed", "failed", "active", "waiting"] as const;
  const lists = await Promise.all(
    states.map((state) => readIds(bullmq, queue, state, { start: 0, end: MOST_LOOKED_AT - 1, order: "last" })),
  );
  for (const [at, ids] of lists.entries())
    for (const jobId of ids) {
      const [, scheduler, ms] = /^repeat:(.+):(\d+)$/s.exec(jobId) ?? [];
      if (scheduler === undefined || Number(ms) <= (latest.get(scheduler)?.at ?? 0)) continue;
      latest.set(scheduler, { jobId, at: Number(ms), state: states[at]! });
    }
  return latest;
}

function byNextRun(a: Scheduler, b: Scheduler): number {
  return (a.nextAt ?? Number.POSITIVE_INFINITY) - (b.nextAt ?? Number.POSITIVE_INFINITY) || (a.id < b.id ? -1 : 1);
}
