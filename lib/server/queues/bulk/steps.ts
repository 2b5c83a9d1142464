// What a bulk act does, step by step. Each step is some hundred calls of BullMQ's scripts for one job, or one call of a
// script for a bounded number of jobs: however many jobs there are, no command is long. Where BullMQ offers only "all at
// once" (drain), it is done job by job until little is left.

import type { JobState } from "../../../contracts/queues.ts";
import { ApiError } from "../../context.ts";
import { paced } from "../../paced.ts";
import type { JobParts } from "../jobs/fields.ts";
import { optionsOf } from "../jobs/fields.ts";
import { requireOwnDescendants, whyNotRemovable } from "../jobs/removable.ts";
import { readIds } from "../list/snapshot.ts";
import { toRefusal } from "../refusal.ts";
import type { IdList } from "./id-list.ts";
import type { JobPlan } from "./plan.ts";

/** What became of one job: null done, else why not. */
export type Outcome = string | null;

export interface StepParts extends JobParts {
  readonly queue: string;
  readonly signal: AbortSignal;
  /** Hears of every job that is over. */
  readonly count: (id: string, outcome: Outcome) => void;
  /** Hears of jobs that were done together, without their ids. */
  readonly countMany: (changed: number) => void;
}

const BATCH = 100;

type Act = (id: string) => Promise<Outcome>;

/** Does `act` to each job of the list. */
export function eachJob(parts: StepParts, list: IdList, act: Act): Promise<void> {
  return inBatches(parts, list, (ids) => Promise.all(ids.map((id) => act(id).catch(explain))));
}

async function inBatches(
  parts: StepParts,
  list: IdList,
  act: (ids: readonly string[]) => Promise<Outcome[]>,
): Promise<void> {
  for (const ids of list.batches(BATCH))
    await paced(parts.signal, async () => {
      const outcomes = await act(ids);
      for (const [at, id] of ids.entries()) parts.count(id, outcomes[at]!);
    });
}

const BECAUSE: Readonly<Record<string, string>> = {
  JOB_NOT_FOUND: "gone already",
  JOB_STATE_CHANGED: "in another state by now",
  JOB_LOCKED: "locked by a worker",
};

/** What BullMQ refuses of one job is counted; what is wrong with Redis ends the act. */
function explain(error: unknown): Outcome {
  const refusal = toRefusal(error);
  const because = refusal instanceof ApiError ? (BECAUSE[refusal.code] ?? refusal.message) : undefined;
  if (because === undefined) throw refusal;
  return because;
}

/** Retries jobs from the state they were planned in: one that failed, and was done by now, must not be done twice. */
export function retryOne({ connections, bullmq, queue }: StepParts, plan: JobPlan, resetAttempts: boolean): Act {
  const reset = resetAttempts ? { resetAttemptsMade: true, resetAttemptsStarted: true } : {};
  return async (id) => {
    const opts = await connections.run((client) => client.hget(bullmq.key(queue, id), "opts"));
    const from = plan.stateOf(id) === "completed" ? "completed" : "failed";
    await bullmq.job(queue, id, optionsOf({ opts }) ?? {}).retry(from, reset);
    return null;
  };
}

export function promoteOne({ bullmq, queue }: StepParts): Act {
  const backend = bullmq.backend(queue);
  return async (id) => {
    await backend.promote(id);
    return null;
  };
}

/** Removes each job of the plan, but those that must stay, or are not where they were. */
export function removeEach(parts: StepParts, plan: JobPlan, withChildren = false): Promise<void> {
  const { bullmq, queue } = parts;
  const backend = bullmq.backend(queue);
  const remove: Act = async (id) => {
    if (withChildren) await requireOwnDescendants(parts, { queue, id });
    return (await backend.remove(id, withChildren)) === 0 ? BECAUSE.JOB_LOCKED! : null;
  };
  return inBatches(parts, plan.list, async (ids) => {
    const objections = await whyNotRemovable(parts, queue, ids, (id) => plan.stateOf(id));
    return Promise.all(ids.map((id, at) => (objections[at] ? explain(objections[at]) : remove(id).catch(explain))));
  });
}

const CLEAN = { first: 50, least: 10, most: 200, longMs: 4, shortMs: 2 };

/** Removes finished jobs, oldest first, by BullMQ's own script; it decides how many at a time by how long that takes. */
export async function cleanFinished(
  parts: StepParts,
  state: "completed" | "failed",
  { before, limit }: { before: number; limit: number },
): Promise<void> {
  const backend = parts.bullmq.backend(parts.queue);
  let size = CLEAN.first;
  let left = limit > 0 ? limit : Number.POSITIVE_INFINITY;
  for (let isEnd = false; !isEnd && left > 0; ) {
    await paced(parts.signal, async () => {
      const asked = Math.min(size, left);
      const startedAt = performance.now();
      const removed = await backend.cleanJobsByState(state, before, asked);
      size = nextSize(size, performance.now() - startedAt);
      left -= removed.length;
      isEnd = removed.length < asked;
      parts.countMany(removed.length);
    });
  }
}

function nextSize(size: number, tookMs: number): number {
  if (tookMs > CLEAN.longMs) return Math.max(CLEAN.least, Math.floor(size / 2));
  return tookMs < CLEAN.shortMs ? Math.min(CLEAN.most, Math.ceil(size * 1.5)) : size;
}

/** Removes the queue itself. BullMQ wants it paused, so that nothing is begun meanwhile; refused, it goes on as before. */
export async function obliterate(parts: StepParts, force: boolean): Promise<void> {
  const { bullmq, queue } = parts;
  const backend = bullmq.backend(queue);
  const wasPaused = await bullmq.queue(queue).isPaused();
  await backend.pause(true);
  const life = { isBegun: false };
  try {
    const active = await bullmq.queue(queue).getActiveCount();
    if (active > 0 && !force) throw new ApiError("CONFLICT", `Cannot obliterate queue with active jobs (${active})`);
    await removeParents(parts, life);
    let size = CLEAN.first;
    for (let cursor = 1; cursor !== 0; )
      await paced(parts.signal, async () => {
        const startedAt = performance.now();
        cursor = await backend.obliterate({ force, count: size });
        life.isBegun = true;
        parts.countMany(cursor === 0 ? 0 : size);
        size = nextSize(size, performance.now() - startedAt);
      });
  } catch (error) {
    if (!life.isBegun && !wasPaused) await backend.pause(false);
    throw error;
  }
}

/** Jobs that wait for children: BullMQ's script passes them over, and they would stay for ever in a queue that is gone. */
async function removeParents(parts: StepParts, life: { isBegun: boolean }): Promise<void> {
  const { bullmq, queue } = parts;
  const backend = bullmq.backend(queue);
  for (let isEnd = false; !isEnd; )
    await paced(parts.signal, async () => {
      const ids = await readIds(bullmq, queue, "waiting-children", { start: 0, end: BATCH - 1, order: "first" });
      const removed = await Promise.all(ids.map((id) => backend.remove(id, false)));
      const count = removed.filter((each) => each === 1).length;
      life.isBegun ||= count > 0;
      parts.countMany(count);
      if (count < ids.length) throw new ApiError("JOB_LOCKED", "A job that waits for children is locked by a worker");
      isEnd = ids.length < BATCH;
    });
}

/** Acts, and the states in which they can do something. */
export const SUITS = {
  retry: (state: JobState) => (state === "failed" || state === "completed" ? null : `${state} jobs cannot be retried`),
  promote: (state: JobState) => (state === "delayed" ? null : `${state} jobs cannot be promoted`),
  remove: () => null,
} as const;
