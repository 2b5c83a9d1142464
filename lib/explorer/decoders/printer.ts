// Turns what a decoder meets, in order, into indented text. It keeps only the open brackets in memory, hides the values
// of sensitive names on the way (they never become text), and stops at the output cap.

import { MARKER, type Mask } from "../mask.ts";
import { CAPS, type Caps, TooMuch } from "./caps.ts";

/** What a decoder reports to. */
export interface Sink {
  /** Names the value that comes next; `source` is how the name is shown. */
  key(name: string, source?: string, arrow?: string): void;
  /** The same where the name is a value itself, as in a Map. */
  keyOf(write: (inner: Sink) => void, arrow: string): void;
  /** A value that needs no quotes and can hide nothing: a number, `null`, a date. */
  leaf(text: string): void;
  /** A string; `source` is how it was written, when that is to be kept. */
  string(value: string, source?: string): void;
  open(bracket: string, closing: string): void;
  close(): void;
  /** Text of something that stands where only a line fits. */
  aside(write: (inner: Sink) => void): string;
}

/** Walks without writing a word, for a decoder that must see the whole before it can begin. */
export class Silence implements Sink {
  readonly #depth: number;
  #open = 0;

  constructor({ depth }: Pick<Caps, "depth">) {
    this.#depth = depth;
  }

  key(): void {}
  leaf(): void {}
  string(): void {}
  open(): void {
    this.#open++;
    if (this.#open > this.#depth) throw tooDeep(this.#depth);
  }
  close(): void {
    this.#open--;
  }
  keyOf(write: (inner: Sink) => void): void {
    write(this);
  }
  aside(write: (inner: Sink) => void): string {
    write(this);
    return "";
  }
}

function tooDeep(depth: number): TooMuch {
  return new TooMuch(`it is nested deeper than ${depth} levels`);
}

interface Bracket {
  readonly closing: string;
  isEmpty: boolean;
}

/** Values whose showing gives nothing away, whatever they are called. */
const HARMLESS = new Set(["null", "true", "false", "undefined", '""']);

export class Printer implements Sink {
  readonly #caps: PrintCaps;
  readonly #mask: Mask | null;
  readonly #isLine: boolean;
  readonly #pieces: string[] = [];
  readonly #brackets: Bracket[] = [];
  #length = 0;
  #key: string | null = null;
  #hideNext = false;
  /** Brackets open inside a hidden value. */
  #hidden = 0;
  /** Something was hidden, also after the text was full. */
  masked = false;
  /** The text is full; the walk goes on, to check the rest of the input. */
  truncated = false;

  constructor(caps: PrintCaps, mask: Mask | null, { isLine = false } = {}) {
    this.#caps = caps;
    this.#mask = mask;
    this.#isLine = isLine;
  }

  get text(): string {
    const text = this.#pieces.join("");
    return this.truncated || Buffer.byteLength(text) > this.#caps.textBytes ? this.#cut(text) : text;
  }

  key(name: string, source = JSON.stringify(name), arrow = ": "): void {
    if (this.#hidden > 0) return;
    this.#key = this.#maskText(name, source) + arrow;
    this.#hideNext = this.#mask?.isSensitiveName(name) ?? false;
  }

  keyOf(write: (inner: Sink) => void, arrow: string): void {
    const text = this.aside(write);
    this.key(text, text, arrow);
  }

  leaf(text: string): void {
    if (this.#hidden > 0) return;
    const hide = this.#hideNext && !HARMLESS.has(text);
    this.masked ||= hide;
    this.#write(this.#before() + (hide ? QUOTED_MARKER : text));
    this.#hideNext = false;
  }

  string(value: string, source = JSON.stringify(value)): void {
    if (this.#hidden > 0) return;
    this.leaf(this.#hideNext ? source : this.#maskText(value, source));
  }

  open(bracket: string, closing: string): void {
    const hides = this.#hidden > 0 || this.#hideNext;
    if (hides && this.#hidden === 0) this.leaf(bracket);
    if (hides) this.#hidden++;
    else {
      this.#write(this.#before() + bracket);
      this.#brackets.push({ closing, isEmpty: true });
    }
    const { depth } = this.#caps;
    if (this.#brackets.length + this.#hidden > depth) throw tooDeep(depth);
  }

  close(): void {
    if (this.#hidden > 0) {
      this.#hidden--;
      return;
    }
    const bracket = this.#brackets.pop();
    if (bracket) this.#write((bracket.isEmpty ? "" : this.#newLine()) + bracket.closing);
  }

  aside(write: (inner: Sink) => void): string {
    const caps = { textBytes: ASIDE_BYTES, depth: this.#caps.depth - this.#brackets.length };
    const inner = new Printer(caps, this.#mask, { isLine: true });
    write(inner);
    this.masked ||= inner.masked;
    return inner.truncated ? `${inner.text}…` : inner.text;
  }

  #maskText(text: string, source: string): string {
    const seen = this.#mask?.text(text);
    if (!seen?.masked) return source;
    this.masked = true;
    return JSON.stringify(seen.text);
  }

  /** What stands before a value: comma, line, key. */
  #before(): string {
    const bracket = this.#brackets.at(-1);
    const key = this.#key ?? "";
    this.#key = null;
    if (!bracket) return key;
    const { isEmpty } = bracket;
    bracket.isEmpty = false;
    return (isEmpty ? "" : ",") + (this.#isLine ? (isEmpty ? "" : " ") : this.#newLine()) + key;
  }

  #newLine(): string {
    return this.#isLine ? "" : newLines[this.#brackets.length]!;
  }

  #write(piece: string): void {
    if (this.truncated) return;
    this.#length += piece.length;
    this.#pieces.push(piece);
    // Characters first, because counting the bytes of every piece takes longer than all the rest; `text` cuts exactly.
    this.truncated = this.#length > this.#caps.textBytes;
  }

  #cut(text: string): string {
    this.truncated = true;
    return cutToBytes(text, this.#caps.textBytes);
  }
}

/** A line's end and the indentation of the next, by depth. */
const newLines = Array.from({ length: CAPS.depth + 1 }, (_, depth) => `\n${"  ".repeat(depth)}`);

type PrintCaps = Pick<Caps, "textBytes" | "depth">;

const ASIDE_BYTES = 1_000;
const QUOTED_MARKER = JSON.stringify(MARKER);

/** The start of a text that takes at most `capBytes` bytes as UTF-8, never half a character. */
function cutToBytes(text: string, capBytes: number): string {
  const start = Buffer.from(text.slice(0, capBytes));
  return start.subarray(0, wholeCharacters(start, capBytes)).toString();
}

/** The largest length ≤ `end` at which `bytes` is not cut inside a UTF-8 character. */
export function wholeCharacters(bytes: Uint8Array, end: number): number {
  if (end >= bytes.length) return bytes.length;
  const isInside = (at: number) => (bytes[at]! & 0xc0) === 0x80;
  let at = end;
  while (isInside(at) && at > 0 && end - at < 3) at--;
  return isInside(at) ? end : at;
}
