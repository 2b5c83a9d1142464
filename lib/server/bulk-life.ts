// The states a bulk act goes through, whatever it acts on.
//
//   planning → ready → running → done        stopped or failed may end planning and running

import { toFailure } from "./errors.ts";

export type BulkPhase = "planning" | "ready" | "running" | "done" | "stopped" | "failed";

export class BulkLife {
  phase: BulkPhase = "planning";
  /** Why it failed. */
  message: string | null = null;
  /** When it came to rest, ms; null while it plans or runs. */
  restedAt: number | null = null;
  readonly #stop = new AbortController();
  readonly #release: () => void;

  /** @param release lets go of the frozen list, once it is not needed any more */
  constructor(release: () => void) {
    this.#release = release;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Plans or runs. Never throws: how it ended is in `phase`. */
  async work(during: "planning" | "running", after: "ready" | "done", work: () => Promise<void>): Promise<void> {
    this.phase = during;
    this.restedAt = null;
    try {
      await work();
      this.phase = after;
    } catch (error) {
      this.phase = this.signal.aborted ? "stopped" : "failed";
      if (this.phase === "failed") this.message = toFailure(error).message;
    } finally {
      this.restedAt = Date.now();
      if (this.phase !== "ready") this.#release();
    }
  }

  /** Ends planning, or a run after the batch at work. What is done stays done. */
  stop(): void {
    this.#stop.abort();
    if (this.phase !== "ready") return;
    this.phase = "stopped";
    this.#release();
  }
}
