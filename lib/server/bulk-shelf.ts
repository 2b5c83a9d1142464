// The bulk acts of one noun in this process: who may do what with them, how many at once, for how long they are kept. They
// are in memory only: when the console restarts a plan is lost; what had been done is on record.

import { ApiError, type Context } from "./context.ts";

/** How long a plan, and then its outcome, is kept. */
const KEPT_MS = 15 * 60_000;
/** As many may plan or run at once, over all operators. */
const MAX_AT_WORK = 4;
/** A plan is megabytes of names: the oldest at rest are dropped above this. */
const MAX_KEPT = 16;

/** What the shelf needs of a bulk act. */
export interface ShelvedBulk {
  readonly id: string;
  readonly by: string;
  readonly restedAt: number | null;
  readonly phase: string;
  /** The text to type first; null when a plain confirmation is enough. */
  readonly confirm: string | null;
  /** `keys.bulk-delete`; what it is about to do, and what it has done, for the audit. */
  readonly action: string;
  readonly title: string;
  readonly outcome: string;
  stop(): void;
}

export interface BulkShelf<J extends ShelvedBulk> {
  /** @throws {ApiError} RATE_LIMITED while too many are at work */
  requireRoom(): void;
  /** Keeps it, and tracks its dry run. */
  put(job: J, planning: Promise<void>): void;
  /** @throws {ApiError} NOT_FOUND */
  find(id: string): J;
  /**
   * Starts the frozen plan; returns once that is on record. Only its author, or an admin, may.
   * @throws {ApiError} CONFLICT when it is not ready, CONFIRMATION_REQUIRED, AUDIT_UNAVAILABLE
   */
  run(context: Context, id: string, given: Given, run: (job: J) => Promise<void>): Promise<J>;
  /** Ends a dry run, or a run after the batch at work. Only its author, or an admin, may. */
  stop(context: Context, id: string): J;
  /** Stops all of them; resolves when none is at work any more. */
  close(): Promise<void>;
}

interface Given {
  readonly confirm?: string | undefined;
  readonly reason?: string | undefined;
}

export function createBulkShelf<J extends ShelvedBulk>(): BulkShelf<J> {
  const jobs = new Map<string, J>();
  const atWork = new Set<Promise<unknown>>();

  function keepTrack(work: Promise<unknown>): void {
    atWork.add(work);
    const forget = () => atWork.delete(work);
    work.then(forget, forget);
  }

  function requireRoom(): void {
    if (atWork.size < MAX_AT_WORK) return;
    throw new ApiError("RATE_LIMITED", "Other bulk acts are at work; stop one or wait a little.", { retryAfter: 5 });
  }

  function dropOld(): void {
    const rested = [...jobs.values()].filter(({ restedAt }) => restedAt !== null);
    for (const [index, { id, restedAt }] of rested.reverse().entries())
      if (index >= MAX_KEPT || Number(restedAt) < Date.now() - KEPT_MS) jobs.delete(id);
  }

  function find(id: string): J {
    dropOld();
    const job = jobs.get(id);
    if (!job) throw new ApiError("NOT_FOUND", "There is no such bulk act; a plan is kept for 15 minutes.");
    return job;
  }

  function findOwn({ actor }: Context, id: string): J {
    const job = find(id);
    if (job.by !== actor.name && actor.role !== "admin")
      throw new ApiError("FORBIDDEN", `Only ${job.by}, who planned it, or an admin may do this.`);
    return job;
  }

  return {
    requireRoom,
    put(job, planning) {
      dropOld();
      jobs.set(job.id, job);
      keepTrack(planning);
    },
    find,
    async run(context, id, { confirm, reason }, run) {
      const job = findOwn(context, id);
      requireReady(job);
      requireRoom();
      if (job.confirm !== null && confirm !== job.confirm)
        throw new ApiError("CONFIRMATION_REQUIRED", `Type “${job.confirm}” to confirm.`, { confirm: job.confirm });
      await startOnRecord(context, job, reason, run, keepTrack);
      return job;
    },
    stop(context, id) {
      const job = findOwn(context, id);
      job.stop();
      return job;
    },
    async close() {
      for (const job of jobs.values()) job.stop();
      await Promise.allSettled(atWork);
    },
  };
}

function requireReady(job: ShelvedBulk): void {
  if (job.phase !== "ready")
    throw new ApiError("CONFLICT", `This bulk act is ${job.phase}; only a finished dry run can be run.`);
}

/** Resolves when the beginning is on record and the run has started; the end is recorded when it comes. */
function startOnRecord<J extends ShelvedBulk>(
  context: Context,
  job: J,
  reason: string | undefined,
  run: (job: J) => Promise<void>,
  keepTrack: (work: Promise<unknown>) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const act = { action: job.action, target: job.title, reason };
    const work = context.runtime.audit.act(context, act, async () => {
      // Two requests may have come this far.
      requireReady(job);
      const running = run(job);
      resolve();
      await running;
      return { result: undefined, after: job.outcome };
    });
    keepTrack(work.catch(reject));
  });
}
