// What goes to the decoding thread and comes back.

import type { Decoded } from "../../contracts/key-values.ts";
import type { Caps } from "./caps.ts";
import type { Decoder } from "./recognise.ts";

interface Job {
  readonly caps: Partial<Caps>;
  /** Sensitive names; null shows everything. */
  readonly fields: readonly string[] | null;
}

/** Makes one value readable. */
export interface DecodeJob extends Job {
  readonly kind: "decode";
  readonly bytes: Uint8Array;
  readonly as: Decoder;
}

/** Asks of each value whether a mask would hide something in it. */
export interface JudgeJob extends Job {
  readonly kind: "judge";
  readonly values: readonly Uint8Array[];
}

export type WorkerJob = DecodeJob | JudgeJob;
export type WorkerAnswer = Decoded | boolean[];
