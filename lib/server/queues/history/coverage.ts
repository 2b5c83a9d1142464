// For how long anybody recorded, step by step, for all queues together: so a queue in which nothing happens costs nothing,
// and is told apart from a time when no console was there.

import { fieldOf, RINGS, type Ring, stepOf } from "./bucket.ts";
import { Packer, Unpacker } from "./pack.ts";
import { LATE_MS, openSteps } from "./queue-book.ts";

export class Coverage {
  readonly #recorded = new Map<string, { step: number; ms: number }>();
  readonly #dirty = new Set<string>();
  /** Up to this moment everything is recorded. */
  until: number;

  private constructor(until: number) {
    this.until = until;
  }

  static fields(now: number): string[] {
    return ["until", ...openSteps(now).map(({ field }) => field)];
  }

  /** Goes on where the last recorder stopped, if that was a moment ago: what happened meanwhile can still be read. */
  static open(values: readonly (Buffer | null)[], now: number): Coverage {
    const [written, ...packed] = values;
    const until = Number(written?.toString() ?? 0);
    const coverage = new Coverage(now - until < LATE_MS && until <= now ? until : now);
    for (const [index, { field, step }] of openSteps(now).entries()) {
      const ms = unpackCoverage(packed[index], step);
      if (ms > 0) coverage.#recorded.set(field, { step, ms });
    }
    return coverage;
  }

  /** Everything before `now` has been read. After a pause that was too long, only from now on. */
  reach(now: number): void {
    if (now - this.until < LATE_MS) for (const ring of RINGS) this.#cover(ring, this.until, now);
    if (now > this.until) this.until = now;
  }

  take(): (string | Buffer)[] {
    const written = [...this.#dirty].flatMap((field) => {
      const { step, ms } = this.#recorded.get(field)!;
      return [field, new Packer().number(step).number(ms).bytes()];
    });
    this.#dirty.clear();
    return ["until", String(this.until), ...written];
  }

  #cover(ring: Ring, from: number, until: number): void {
    for (let step = stepOf(ring, from); step * ring.stepMs < until; step++) {
      const field = fieldOf(ring, step);
      const known = this.#recorded.get(field);
      const before = known?.step === step ? known.ms : 0;
      const ms = Math.min(until, (step + 1) * ring.stepMs) - Math.max(from, step * ring.stepMs);
      this.#recorded.set(field, { step, ms: Math.min(ring.stepMs, before + ms) });
      this.#dirty.add(field);
    }
  }
}

/** ms that were recorded of this step; 0 when the field is of an earlier turn. */
export function unpackCoverage(bytes: Buffer | null | undefined, step: number): number {
  if (!bytes || bytes.length === 0) return 0;
  const unpacker = new Unpacker(bytes);
  return unpacker.number() === step ? unpacker.number() : 0;
}
