// One bulk act: planned as a dry run, frozen, run once in short batches, and stoppable at any time.

import { randomUUID } from "node:crypto";
import type { BulkState } from "../../contracts/key-bulk.ts";
import { EDIT_BATCH, type EditStatus, type Seen } from "../../core/user-cache/editor.ts";
import { displayName, toKeyId } from "../../explorer/bytes.ts";
import { BulkLife } from "../bulk-life.ts";
import { paced } from "../paced.ts";
import type { Runtime } from "../runtime.ts";
import { BulkPlan, makePlan, type Selection } from "./bulk-plan.ts";

/** What is done to every key; a TTL in ms. */
export type BulkAct =
  | { readonly action: "delete"; readonly forGood: boolean }
  | { readonly action: "ttl"; readonly ttl: "none" | number };

export type BulkParts = Pick<Runtime, "connections" | "keyspace" | "config" | "editor">;

/** From here on the count has to be typed, in any environment. */
const MAX_UNTYPED = 1_000;
/** The report names the first ones only. */
const MAX_SKIPPED = 100;

const BECAUSE: Record<Exclude<EditStatus, "ok">, string> = {
  conflict: "changed since the dry run",
  gone: "gone already",
  "lock-held": "a lock that somebody holds",
  "undo-full": "the undo space is full",
};

export class BulkJob {
  readonly id = randomUUID();
  readonly by: string;
  readonly #parts: BulkParts;
  readonly #act: BulkAct;
  readonly #plan = new BulkPlan();
  readonly #life = new BulkLife(() => this.#plan.release());
  readonly #progress = { done: 0, changed: 0, skipped: 0 };
  readonly #skipped: BulkState["skipped"] = [];
  #hasRun = false;

  constructor(parts: BulkParts, by: string, act: BulkAct) {
    this.#parts = parts;
    this.by = by;
    this.#act = act;
  }

  get phase(): BulkState["state"] {
    return this.#life.phase;
  }

  get restedAt(): number | null {
    return this.#life.restedAt;
  }

  get state(): BulkState {
    const { undo } = this;
    return {
      id: this.id,
      action: this.#act.action,
      by: this.by,
      state: this.phase,
      plan: { ...this.#plan.facts, undo },
      progress: { ...this.#progress },
      skipped: [...this.#skipped],
      confirm: this.confirm,
      undoId: this.#hasRun && undo.possible ? this.id : null,
      message: this.#life.message,
    };
  }

  /** What is about to happen, for the audit. */
  get title(): string {
    const [first] = this.#plan.list;
    return `${this.#plan.count} keys${first ? `, first ${displayName(first.key)}` : ""}`;
  }

  /** What has happened, for the audit. */
  get outcome(): string {
    const { changed, skipped, done } = this.#progress;
    return `${this.phase}: ${changed} changed, ${skipped} skipped, ${this.#plan.count - done} not reached`;
  }

  get action(): string {
    if (this.#act.action === "ttl") return "keys.bulk-ttl";
    return this.#act.forGood ? "keys.bulk-delete-for-good" : "keys.bulk-delete";
  }

  /** The text to type first; null when a plain confirmation is enough. */
  get confirm(): string | null {
    const { count } = this.#plan;
    if (count <= MAX_UNTYPED && !this.#parts.config.production) return null;
    return this.#act.action === "delete" ? `delete ${count} keys` : `change ${count} keys`;
  }

  /** Whether the whole act will fit the undo space. */
  get undo(): BulkState["plan"]["undo"] {
    const { maxBytes } = this.#parts.config.undo;
    if (this.#act.action === "delete" && this.#act.forGood)
      return { possible: false, because: "They are deleted for good." };
    if (this.#plan.undoBytes(this.#act.action === "delete") <= maxBytes) return { possible: true, because: null };
    return { possible: false, because: `This is more than the whole undo space holds (UNDO_MAX_BYTES=${maxBytes}).` };
  }

  /** The dry run. Never throws: how it ended is in `state`. */
  plan(select: Selection): Promise<void> {
    return this.#life.work("planning", "ready", () => makePlan(this.#parts, this.#plan, select, this.#life.signal));
  }

  /** Runs the frozen list, once. `tell` hears which keys changed, batch by batch. Never throws. */
  run(tell: (changed: Buffer[]) => void): Promise<void> {
    this.#hasRun = true;
    // Said in the plan: this is without undo when it would not fit as a whole.
    const undo = this.undo.possible ? { id: this.id, by: this.by, action: `bulk-${this.#act.action}` } : null;
    return this.#life.work("running", "done", async () => {
      const { list } = this.#plan;
      for (let first = 0; first < list.length; first += EDIT_BATCH) {
        const batch = list.slice(first, first + EDIT_BATCH);
        await paced(this.#life.signal, async () => {
          const statuses = await this.#edit(batch, undo);
          tell(batch.filter((_, index) => statuses[index] === "ok").map(({ key }) => key));
          for (const [index, status] of statuses.entries()) this.#count(batch[index]!.key, status);
        });
      }
    });
  }

  stop(): void {
    this.#life.stop();
  }

  #edit(batch: readonly Seen[], undo: { id: string; by: string; action: string } | null): Promise<EditStatus[]> {
    const { editor } = this.#parts;
    return this.#act.action === "delete" ? editor.remove(batch, undo) : editor.setTtl(batch, this.#act.ttl, undo);
  }

  #count(key: Buffer, status: EditStatus): void {
    this.#progress.done++;
    if (status === "ok") {
      this.#progress.changed++;
      return;
    }
    this.#progress.skipped++;
    if (this.#skipped.length < MAX_SKIPPED)
      this.#skipped.push({ k: toKeyId(key), name: displayName(key), because: BECAUSE[status] });
  }
}
