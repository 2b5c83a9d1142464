// Hides what must not be read over a shoulder: values under sensitive names, and text that is a secret by its shape.
// A mask is for eyes, not a guard against a writer who hides things on purpose; who may see more asks to reveal, and
// that is audited. Values under a sensitive name are hidden whole (a map called `tokens` has tokens for keys).

import { findSpans, type Span } from "./mask-spans.ts";

/** What stands in place of a secret. No application writes it, so a value that holds it is never saved. */
export const MARKER = "•••••• masked";

/** Names whose values are hidden, unless the configuration says otherwise. Case, `_` and `-` do not matter. */
export const SENSITIVE_FIELDS: readonly string[] = [
  "password",
  "passwd",
  "passphrase",
  "pwd",
  "secret",
  "token",
  "authorization",
  "cookie",
  "hash",
  "salt",
  "apikey",
  "accesskey",
  "private",
  "credential",
  "session",
  "jwt",
  "otp",
];

export interface Mask {
  /** The list it was made from. */
  readonly fields: readonly string[];
  isSensitiveName(name: string): boolean;
  text(text: string): { text: string; masked: boolean };
  /** Masks text that is given as bytes; the same bytes when there is nothing to hide. */
  bytes(bytes: Buffer): { bytes: Buffer; masked: boolean };
  /** The part `[start, end)` of `bytes`, masked with regard to what stands around it. */
  window(bytes: Buffer, start: number, end: number): { bytes: Buffer; masked: boolean };
}

/** What a reader may see: null everything, "all" nothing. */
export type Masking = Mask | "all" | null;

const masks = new WeakMap<readonly string[], Mask>();

/** The mask for these names; the same one for the same list, because it remembers the names it has judged. */
export function createMask(fields: readonly string[] = SENSITIVE_FIELDS): Mask {
  const mask = masks.get(fields) ?? buildMask(fields);
  masks.set(fields, mask);
  return mask;
}

function buildMask(fields: readonly string[]): Mask {
  const isSensitiveName = namesLike(fields);
  const spansOf = (bytes: Buffer) => findSpans(bytes.toString("latin1"), isSensitiveName);
  const window = (bytes: Buffer, start: number, end: number) => cover(bytes, spansOf(bytes), start, end);
  return {
    fields,
    isSensitiveName,
    text(text) {
      const spans = mayHide(text) ? findSpans(text, isSensitiveName) : [];
      return { text: replace(text, spans), masked: spans.length > 0 };
    },
    bytes: (bytes) => window(bytes, 0, bytes.length),
    window,
  };
}

/** Most strings are words: only what has one of these in it is looked at closely. */
function mayHide(text: string): boolean {
  return /["'=:$]|eyJ|earer|KEY-----/.test(text);
}

/** Whether a value holds the marker, so that saving it would destroy what is masked. */
export function holdsMarker(bytes: Buffer): boolean {
  return bytes.includes(MARKER);
}

/** Long entries match anywhere in a name (`userPasswordHash`), short ones as a word or at its end (`accesstoken`). */
function namesLike(fields: readonly string[]): (name: string) => boolean {
  const entries = fields.map(letters).filter((entry) => entry !== "");
  const known = new Map<string, boolean>();
  return (name) => {
    const remembered = known.get(name);
    if (remembered !== undefined) return remembered;
    const answer = matches(name.slice(0, LONGEST_NAME), entries);
    if (known.size < 10_000 && name.length <= LONGEST_NAME) known.set(name, answer);
    return answer;
  };
}

const LONGEST_NAME = 200;
const LONG_ENTRY = 6;

function matches(name: string, entries: readonly string[]): boolean {
  const whole = letters(name);
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return entries.some((entry) =>
    entry.length >= LONG_ENTRY ? whole.includes(entry) : whole.endsWith(entry) || words.includes(entry),
  );
}

function letters(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function replace(text: string, spans: readonly Span[]): string {
  let replaced = "";
  let at = 0;
  for (const { start, end, quote } of spans) {
    replaced += text.slice(at, start) + quote + MARKER + quote;
    at = end;
  }
  return replaced + text.slice(at);
}

function cover(bytes: Buffer, spans: readonly Span[], from: number, to: number): { bytes: Buffer; masked: boolean } {
  const pieces: Buffer[] = [];
  let at = from;
  for (const { start, end, quote } of spans) {
    if (end <= from || start >= to) continue;
    pieces.push(bytes.subarray(at, Math.max(at, start)), Buffer.from(quote + MARKER + quote));
    at = Math.min(end, to);
  }
  if (pieces.length === 0) return { bytes: bytes.subarray(from, to), masked: false };
  return { bytes: Buffer.concat([...pieces, bytes.subarray(at, to)]), masked: true };
}
