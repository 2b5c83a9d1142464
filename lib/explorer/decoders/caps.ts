// How far a decoder goes. What it reads was written by somebody else, perhaps to hurt: every decoder walks its input once,
// builds nothing from it but text, and stops at these caps.

export interface Caps {
  /** Bytes that are read; the rest of a longer value is not looked at. */
  readonly inputBytes: number;
  /** Bytes of text that are answered. */
  readonly textBytes: number;
  /** Bytes that one compressed layer may expand to. */
  readonly outputBytes: number;
  /** How many times its size a compressed layer may expand to… */
  readonly ratio: number;
  /** …beyond this many bytes, below which nothing is a bomb. */
  readonly harmlessBytes: number;
  /** Levels of nesting. */
  readonly depth: number;
  /** Layers of a chain: base64 of gzip of JSON is three. */
  readonly layers: number;
  /** Time from the start of the work to its end, in ms. */
  readonly ms: number;
}

const MB = 1024 * 1024;

export const CAPS: Caps = {
  inputBytes: 8 * MB,
  textBytes: 8 * MB,
  outputBytes: 8 * MB,
  ratio: 100,
  harmlessBytes: 64 * 1024,
  depth: 256,
  layers: 5,
  ms: 1_000,
};

/** The bytes are not in this format; another decoder may know better. */
export class Malformed extends Error {}

/** The bytes are in this format, but reading them would go too far. */
export class TooMuch extends Error {}
