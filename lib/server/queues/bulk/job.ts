// One act on many jobs of a queue: planned as a dry run, frozen, run once in short steps, and stoppable at any time.

import { randomUUID } from "node:crypto";
import type { JobSelection, QueueAct, QueueBulkState } from "../../../contracts/queue-bulk.ts";
import { BulkLife } from "../../bulk-life.ts";
import { ApiError } from "../../context.ts";
import type { JobParts } from "../jobs/fields.ts";
import { readCounts } from "../list/snapshot.ts";
import { withBullmq } from "../refusal.ts";
import { JobPlan, planOlder, planSelection, planStates, WAITING_STATES } from "./plan.ts";
import {
  cleanFinished,
  eachJob,
  type Outcome,
  obliterate,
  promoteOne,
  removeEach,
  retryOne,
  type StepParts,
  SUITS,
} from "./steps.ts";

export interface QueueBulkParts extends JobParts {
  readonly production: boolean;
}

/** From here on the count has to be typed, in any environment. */
const MAX_UNTYPED = 1_000;
/** The report names the first ones only. */
const MAX_SKIPPED = 100;

export class QueueBulkJob {
  readonly id = randomUUID();
  readonly by: string;
  readonly queue: string;
  readonly act: QueueAct;
  readonly #parts: QueueBulkParts;
  readonly #plan = new JobPlan();
  readonly #life = new BulkLife(() => this.#plan.list.clear());
  readonly #progress = { done: 0, changed: 0, skipped: 0 };
  readonly #skipped: QueueBulkState["skipped"] = [];
  /** Of a clean: jobs that come later are not meant; ms by Redis' clock. */
  #before = 0;

  constructor(parts: QueueBulkParts, given: { by: string; queue: string; act: QueueAct }) {
    this.#parts = parts;
    this.by = given.by;
    this.queue = given.queue;
    this.act = given.act;
  }

  get phase(): QueueBulkState["state"] {
    return this.#life.phase;
  }

  get restedAt(): number | null {
    return this.#life.restedAt;
  }

  get state(): QueueBulkState {
    return {
      ...{ id: this.id, queue: this.queue, act: this.act.kind, by: this.by, state: this.phase },
      plan: this.#plan.facts,
      progress: { ...this.#progress },
      skipped: [...this.#skipped],
      confirm: this.confirm,
      message: this.#life.message,
    };
  }

  get action(): string {
    return `queues.bulk-${this.act.kind}`;
  }

  get title(): string {
    return `${this.queue} · ${this.#plan.count} jobs`;
  }

  get outcome(): string {
    const { changed, skipped, done } = this.#progress;
    return `${this.phase}: ${changed} changed, ${skipped} skipped, ${Math.max(0, this.#plan.count - done)} not reached`;
  }

  get confirm(): string | null {
    if (this.act.kind === "obliterate") return this.queue;
    const { production } = this.#parts;
    const isDestructive = this.act.kind !== "retry" && this.act.kind !== "promote";
    if (this.#plan.count <= MAX_UNTYPED && !(production && isDestructive)) return null;
    return `${this.act.kind} ${this.#plan.count} jobs`;
  }

  plan(select: JobSelection | undefined): Promise<void> {
    return this.#life.work("planning", "ready", () => withBullmq(() => this.#makePlan(select)));
  }

  /** @param tell hears, now and then, that something changed */
  run(tell: () => void): Promise<void> {
    return this.#life.work("running", "done", async () => {
      try {
        await withBullmq(() => this.#do(this.#steps(tell)));
      } finally {
        tell();
      }
    });
  }

  stop(): void {
    this.#life.stop();
  }

  async #makePlan(select: JobSelection | undefined): Promise<void> {
    const plan = this.#plan;
    const parts = { ...this.#parts, queue: this.queue, signal: this.#life.signal };
    const { act } = this;
    switch (act.kind) {
      case "retry":
      case "promote":
      case "remove":
        if (select === undefined) throw new ApiError("INVALID_INPUT", "select: say which jobs");
        return planSelection(parts, plan, select, SUITS[act.kind]);
      case "clean": {
        const [seconds, micros] = await parts.connections.run((client) => client.time());
        this.#before = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000) - act.olderThanMs;
        if (act.state !== "completed" && act.state !== "failed")
          return planOlder(parts, plan, act.state, this.#before, act.limit);
        return this.#planFinished(act.state, act.limit);
      }
      case "drain":
        return planStates(parts, plan, act.delayed ? [...WAITING_STATES, "delayed"] : WAITING_STATES, null);
      case "obliterate": {
        const counts = await readCounts(parts, this.queue);
        if (counts.active > 0 && !act.force)
          throw new ApiError("CONFLICT", `${counts.active} jobs are active: wait for them, or force it.`);
        plan.total = plan.examined = plan.count = Object.values(counts).reduce((sum, count) => sum + count, 0);
        plan.complete = true;
      }
    }
  }

  /** Finished jobs lie in the order they finished: how many are old enough needs no list. */
  async #planFinished(state: "completed" | "failed", limit: number): Promise<void> {
    const { connections, bullmq } = this.#parts;
    const key = bullmq.key(this.queue, state);
    const count = await connections.run((client) => client.zcount(key, "-inf", this.#before));
    const plan = this.#plan;
    plan.total = plan.examined = count;
    plan.count = limit > 0 ? Math.min(limit, count) : count;
    plan.complete = true;
  }

  #steps(tell: () => void): StepParts {
    let toldAt = 0;
    const tellSometimes = () => {
      if (performance.now() - toldAt < 250) return;
      toldAt = performance.now();
      tell();
    };
    return {
      ...this.#parts,
      queue: this.queue,
      signal: this.#life.signal,
      count: (id, outcome) => {
        this.#count(id, outcome);
        tellSometimes();
      },
      countMany: (changed) => {
        this.#progress.done += changed;
        this.#progress.changed += changed;
        tellSometimes();
      },
    };
  }

  async #do(steps: StepParts): Promise<void> {
    const { act } = this;
    const { list } = this.#plan;
    switch (act.kind) {
      case "retry":
        return eachJob(steps, list, retryOne(steps, this.#plan, act.resetAttempts));
      case "promote":
        return eachJob(steps, list, promoteOne(steps));
      case "remove":
        return removeEach(steps, this.#plan, act.withChildren);
      case "drain":
        return removeEach(steps, this.#plan);
      case "clean":
        if (act.state !== "completed" && act.state !== "failed") return removeEach(steps, this.#plan);
        return cleanFinished(steps, act.state, { before: this.#before, limit: act.limit });
      case "obliterate":
        return obliterate(steps, act.force);
    }
  }

  #count(id: string, outcome: Outcome): void {
    this.#progress.done++;
    if (outcome === null) {
      this.#progress.changed++;
      return;
    }
    this.#progress.skipped++;
    if (this.#skipped.length < MAX_SKIPPED) this.#skipped.push({ id, because: outcome });
  }
}
