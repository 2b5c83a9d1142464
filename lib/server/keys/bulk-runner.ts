// The bulk acts on keys of this process. What had been done when the console restarts is in the undo space and on record.

import { setTimeout } from "node:timers/promises";
import type { BulkState } from "../../contracts/key-bulk.ts";
import { createBulkShelf } from "../bulk-shelf.ts";
import type { Context } from "../context.ts";
import { type BulkAct, BulkJob, type BulkParts } from "./bulk-job.ts";
import type { Selection } from "./bulk-plan.ts";
import { announce } from "./change.ts";

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
  const shelf = createBulkShelf<BulkJob>();
  return {
    plan(context, act, select) {
      shelf.requireRoom();
      const job = new BulkJob(parts, context.actor.name, act);
      shelf.put(job, job.plan(select));
      return job.state;
    },
    get: (id) => shelf.find(id).state,
    run: async (context, id, given) => (await shelf.run(context, id, given, (job) => job.run(teller(context)))).state,
    stop: (context, id) => shelf.stop(context, id).state,
    close: shelf.close,
  };
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
