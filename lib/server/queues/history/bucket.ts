// What happened in one step of time, and where it is kept: for each of three step lengths a ring of fields in the queue's
// hash. A field is written over when its turn comes again, so a queue's history never grows beyond the rings: of a queue
// that ends ten jobs a second a day takes at most 36 KB in Redis, and everything at most 72 KB; of an idle one nothing.

import { HISTORY_RANGES } from "../../../contracts/queue-history.ts";
import { Histogram } from "./histogram.ts";
import { Packer, Unpacker } from "./pack.ts";

export interface Ring {
  /** First letter of its fields. */
  readonly letter: string;
  readonly stepMs: number;
  readonly slots: number;
}

/** A few slots more than are shown: the step under way, and the one that has just begun for somebody else. */
function ring(letter: string, { stepMs, steps }: { stepMs: number; steps: number }): Ring {
  return { letter, stepMs, slots: steps + 2 };
}

export const MINUTES = ring("m", HISTORY_RANGES["1h"]);
export const QUARTERS = ring("q", HISTORY_RANGES["24h"]);
export const HOURS = ring("h", HISTORY_RANGES["7d"]);
export const RINGS: readonly Ring[] = [MINUTES, QUARTERS, HOURS];

/** The number of the step in which a moment lies, since the epoch. */
export function stepOf({ stepMs }: Ring, at: number): number {
  return Math.floor(at / stepMs);
}

export function fieldOf({ letter, slots }: Ring, step: number): string {
  return `${letter}${step % slots}`;
}

export class Bucket {
  completed = 0;
  failed = 0;
  isPartial = false;
  /** null: none waited. */
  ageMs: number | null = null;
  wait = new Histogram();
  run = new Histogram();
  readonly step: number;

  constructor(step: number) {
    this.step = step;
  }

  pack(): Buffer {
    const age = this.ageMs === null ? 0 : Math.round(this.ageMs / 1_000) + 1;
    const packer = new Packer().number(this.step).number(this.completed).number(this.failed);
    packer.number(age).number(Number(this.isPartial));
    this.wait.pack(packer);
    this.run.pack(packer);
    return packer.bytes();
  }

  /** null: there is none, or it is of an earlier turn of the ring, or not ours. */
  static unpack(bytes: Buffer | null | undefined, step: number): Bucket | null {
    if (!bytes) return null;
    try {
      const unpacker = new Unpacker(bytes);
      if (unpacker.number() !== step) return null;
      const bucket = new Bucket(step);
      bucket.completed = unpacker.number();
      bucket.failed = unpacker.number();
      const age = unpacker.number();
      bucket.ageMs = age === 0 ? null : (age - 1) * 1_000;
      bucket.isPartial = unpacker.number() === 1;
      bucket.wait = Histogram.unpack(unpacker);
      bucket.run = Histogram.unpack(unpacker);
      return bucket;
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  }
}
