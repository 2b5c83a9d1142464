// The bulk acts of this process: who may do what with them, how many at once, for how long they are kept. They are in
// memory only. When the console restarts a plan is lost; what had been done is in the undo space and on record.

import { setTimeout } from "node:timers/promises";
import type { BulkState } from "../../contracts/key-bulk.ts";
import { ApiError, type Context } from "../context.ts";
import { type BulkAct, BulkJob, type BulkParts } from "./bulk-job.ts";
import type { Selection } from "./bulk-plan.ts";
import { announce } from "./change.ts";

/** How long a plan, and then its outcome, is kept. */
const KEPT_MS = 15 * 60_000;
/** As many may plan or run at once, over all operators. */
const MAX_AT_WORK = 4;
/** A plan is megabytes of names: the oldest at rest are dropped above this. */
const MAX_KEPT = 16;
/** Open pages are told of changes so often. */
const TELL_MS = 250;

/** Bulk acts; how they go on is in `bulk-job.ts`. */
export interface BulkRunner {
  /** Starts a dry run and returns at once. @throws {ApiError} RATE_LIMITED while too many are at work */
  plan(context: Context, act: BulkAct, select: Selection): BulkState;
  /** @throws {ApiError} NOT_FOUND */
  get(id: string): BulkState;
  /**
   * Starts the frozen plan; returns once that is on record. Only its author, or an admin, may.
   * @throws {ApiError} CONFLICT when it is not ready, CONFIRMATION_REQUIRED, AUDIT_UNAVAILABLE
   */
  run(
    context: Context,
    id: string,
    given: { confirm?: string | undefined; reason?: string | undefined },
  ): Promise<BulkState>;
  /** Ends a dry run, or a run after the batch at work. Only its author, or an admin, may. */
  stop(context: Context, id: string): BulkState;
  /** Stops all of them; resolves when none is at work any more. */
  close(): Promise<void>;
}

export function createBulkRunner(parts: BulkParts): BulkRunner {
  const jobs = new Map<string, BulkJob>();
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

  function find(id: string): BulkJob {
    dropOld();
    const job = jobs.get(id);
    if (!job) throw new ApiError("NOT_FOUND", "There is no such bulk act; a plan is kept for 15 minutes.");
    return job;
  }

  function findOwn({ actor }: Context, id: string): BulkJob {
    const job = find(id);
    if (job.by !== actor.name && actor.role !== "admin")
      throw new ApiError("FORBIDDEN", `Only ${job.by}, who planned it, or an admin may do this.`);
    return job;
  }

  return {
    plan(context, act, select) {
      requireRoom();
      dropOld();
      const job = new BulkJob(parts, context.actor.name, act);
      jobs.set(job.id, job);
      keepTrack(job.plan(select));
      return job.state;
    },
    get: (id) => find(id).state,
    async run(context, id, { confirm, reason }) {
      const job = findOwn(context, id);
      requireReady(job);
      requireRoom();
      if (job.confirm !== null && confirm !== job.confirm)
        throw new ApiError("CONFIRMATION_REQUIRED", `Type “${job.confirm}” to confirm.`, { confirm: job.confirm });
      await startOnRecord(context, job, reason, keepTrack);
      return job.state;
    },
    stop(context, id) {
      const job = findOwn(context, id);
      job.stop();
      return job.state;
    },
    async close() {
      for (const job of jobs.values()) job.stop();
      await Promise.allSettled(atWork);
    },
  };
}

function requireReady(job: BulkJob): void {
  const { state } = job.state;
  if (state !== "ready")
    throw new ApiError("CONFLICT", `This bulk act is ${state}; only a finished dry run can be run.`);
}

/** Resolves when the beginning is on record and the run has started; the end is recorded when it comes. */
function startOnRecord(
  context: Context,
  job: BulkJob,
  reason: string | undefined,
  keepTrack: (work: Promise<unknown>) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const act = { action: job.action, target: job.title, reason };
    const work = context.runtime.audit.act(context, act, async () => {
      // Two requests may have come this far.
      requireReady(job);
      const running = job.run(teller(context));
      resolve();
      await running;
      return { result: undefined, after: job.outcome };
    });
    keepTrack(work.catch(reject));
  });
}

/** Gathers changed keys and announces them a few times a second. */
function teller(context: Context): (changed: Buffer[]) => void {
  let gathered: Buffer[] = [];
  return (changed) => {
    const isFirst = gathered.length === 0;
    gathered.push(...changed);
    if (!isFirst || changed.length === 0) return;
    void setTimeout(TELL_MS, undefined, { ref: false }).then(() => {
      announce(context, gathered);
      gathered = [];
    });
  };
}
