// What is being written down of one queue: the steps that are under way. They are continued from what lies in Redis, so
// it does not matter which console began them.

import { Bucket, fieldOf, RINGS, stepOf } from "./bucket.ts";
import { JobClock, type JobEvent } from "./job-clock.ts";
import { Packer, Unpacker } from "./pack.ts";

/** What is older than this when it is read is not written any more: its step may have been given away. */
export const LATE_MS = 110_000;

export class QueueBook {
  readonly clock = new JobClock();
  readonly #buckets = new Map<string, Bucket>();
  readonly #dirty = new Set<string>();
  #completed = 0;
  #failed = 0;
  /** The last event that is in it. */
  at: string;
  wasRead: boolean;
  /** Oldest waiting job; null: none waits. */
  oldestAt: number | null = null;
  agedAt = Number.NEGATIVE_INFINITY;
  isActive = true;

  private constructor(at: string, wasRead: boolean) {
    this.at = at;
    this.wasRead = wasRead;
  }

  /** Fields that {@link open} wants. */
  static fields(now: number): string[] {
    return ["at", "total", ...openSteps(now).map(({ field }) => field)];
  }

  /** @param values those of {@link fields} @param since where to begin when nothing, or nothing recent, was written */
  static open(values: readonly (Buffer | null)[], now: number, since: number): QueueBook {
    const [at, total, ...packed] = values;
    const written = at?.toString() ?? "";
    const isRecent = written !== "" && since - Number(written.split("-")[0]) < LATE_MS;
    const book = new QueueBook(isRecent ? written : `${since}-0`, isRecent);
    for (const [index, { field, step }] of openSteps(now).entries()) {
      const bucket = Bucket.unpack(packed[index], step);
      if (bucket) book.#buckets.set(field, bucket);
    }
    if (total) [book.#completed, book.#failed] = unpackTotal(total);
    return book;
  }

  note(events: readonly JobEvent[], isPartial: boolean, now: number): void {
    for (const event of events) {
      this.at = event.id;
      this.wasRead = true;
      if (now - event.at > LATE_MS) continue;
      this.isActive = true;
      if (event.event === "completed") this.#completed++;
      if (event.event === "failed") this.#failed++;
      this.#each(event.at, (bucket) => {
        bucket.isPartial ||= isPartial;
      });
      this.#noteJob(event);
    }
  }

  /** Durations that were asked of the jobs themselves. */
  waited(ms: number, at: number): void {
    this.#each(at, ({ wait }) => wait.add(ms));
  }

  aged(now: number): void {
    const { oldestAt } = this;
    if (oldestAt === null) return;
    this.#each(now, (bucket) => {
      bucket.ageMs = Math.max(bucket.ageMs ?? 0, now - oldestAt);
    });
  }

  /** Fields and values to write; null when nothing is new. */
  take(now: number): (string | Buffer)[] | null {
    if (this.#dirty.size === 0) return null;
    const total = new Packer().number(this.#completed).number(this.#failed).bytes();
    const written = [...this.#dirty].flatMap((field) => [field, this.#buckets.get(field)!.pack()]);
    this.#dirty.clear();
    const open = new Set(openSteps(now).map(({ step, field }) => `${field}:${step}`));
    for (const [field, { step }] of this.#buckets) if (!open.has(`${field}:${step}`)) this.#buckets.delete(field);
    return ["at", this.at, "total", total, ...written];
  }

  /** A write failed: the same again next time. */
  again(): void {
    for (const field of this.#buckets.keys()) this.#dirty.add(field);
  }

  /** The same moment lies in a minute, a quarter and an hour; durations are measured once. */
  #noteJob(event: JobEvent): void {
    const measured = new Bucket(0);
    this.clock.note(event, measured);
    this.#each(event.at, (bucket) => {
      bucket.completed += measured.completed;
      bucket.failed += measured.failed;
      bucket.wait.merge(measured.wait);
      bucket.run.merge(measured.run);
    });
  }

  #each(at: number, change: (bucket: Bucket) => void): void {
    for (const ring of RINGS) {
      const step = stepOf(ring, at);
      const field = fieldOf(ring, step);
      let bucket = this.#buckets.get(field);
      if (bucket?.step !== step) {
        bucket = new Bucket(step);
        this.#buckets.set(field, bucket);
      }
      change(bucket);
      this.#dirty.add(field);
    }
  }
}

/** The steps that something of the last two minutes, or of now, can lie in. */
export function openSteps(now: number): { field: string; step: number; letter: string }[] {
  return RINGS.flatMap((ring) => {
    const [first, last] = [stepOf(ring, now - LATE_MS - 10_000), stepOf(ring, now)];
    return Array.from({ length: last - first + 1 }, (_, index) => ({
      field: fieldOf(ring, first + index),
      step: first + index,
      letter: ring.letter,
    }));
  });
}

export function unpackTotal(bytes: Buffer): [completed: number, failed: number] {
  const unpacker = new Unpacker(bytes);
  return [unpacker.number(), unpacker.number()];
}
