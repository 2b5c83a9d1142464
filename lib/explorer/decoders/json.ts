// Indents JSON without parsing it into values: every number, escape and duplicate key stays as it was written
// (JSON.parse would round 2^53+1 and drop the first of two equal keys).

import { Malformed } from "./caps.ts";
import type { Sink } from "./printer.ts";

/** Walks one JSON document. @throws {Malformed} at the first character that is none of it */
export function walkJson(source: string, out: Sink): void {
  const end = new JsonWalk(source, out).document();
  if (end !== source.length) throw malformed(source, end);
}

function malformed(source: string, at: number): Malformed {
  const found = at < source.length ? JSON.stringify(source[at]) : "the end";
  return new Malformed(`unexpected ${found} at character ${at}`);
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LITERAL = /true|false|null/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

class JsonWalk {
  readonly #source: string;
  readonly #out: Sink;
  #at = 0;

  constructor(source: string, out: Sink) {
    this.#source = source;
    this.#out = out;
  }

  /** Answers where the document ended. Brackets are kept in a list, so nesting costs no stack. */
  document(): number {
    const closings: string[] = [];
    do {
      const closing = this.#value();
      if (closing !== null) closings.push(closing);
      // After an opening bracket comes its first value, unless it is empty; after a value a comma, or the bracket's end.
      let isFirst = closing !== null;
      while (closings.length > 0) {
        const wanted = closings.at(-1)!;
        this.#space();
        if (this.#source[this.#at] === wanted) {
          this.#at++;
          this.#out.close();
          closings.pop();
          isFirst = false;
          continue;
        }
        if (!isFirst) this.#expect(",");
        if (wanted === "}") this.#key();
        break;
      }
    } while (closings.length > 0);
    this.#space();
    return this.#at;
  }

  /** Reads a scalar, or an opening bracket and answers its closing one. */
  #value(): string | null {
    this.#space();
    const first = this.#source[this.#at];
    if (first === "{" || first === "[") {
      this.#at++;
      const closing = first === "{" ? "}" : "]";
      this.#out.open(first, closing);
      return closing;
    }
    if (first === '"') {
      const source = this.#string();
      this.#out.string(unquote(source), source);
    } else this.#out.leaf(this.#numberOrLiteral());
    return null;
  }

  #key(): void {
    this.#space();
    const source = this.#string();
    this.#space();
    this.#expect(":");
    this.#out.key(unquote(source), source);
  }

  #string(): string {
    const source = this.#source;
    const start = this.#at;
    this.#expect('"');
    for (;;) {
      const code = source.charCodeAt(this.#at);
      if (code === QUOTE) break;
      if (code === BACKSLASH) this.#escape();
      else if (code >= 0x20) this.#at++;
      else throw malformed(source, this.#at);
    }
    this.#at++;
    return source.slice(start, this.#at);
  }

  #escape(): void {
    const kind = this.#source[this.#at + 1] ?? "";
    if (kind === "u" && /^[0-9a-fA-F]{4}$/.test(this.#source.slice(this.#at + 2, this.#at + 6))) this.#at += 6;
    else if (kind !== "" && '"\\/bfnrt'.includes(kind)) this.#at += 2;
    else throw malformed(this.#source, this.#at + 1);
  }

  #numberOrLiteral(): string {
    const text = this.#match(NUMBER) ?? this.#match(LITERAL);
    if (text === undefined) throw malformed(this.#source, this.#at);
    this.#at += text.length;
    return text;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#source)?.[0];
  }

  #expect(character: string): void {
    if (this.#source[this.#at] !== character) throw malformed(this.#source, this.#at);
    this.#at++;
  }

  #space(): void {
    for (;;) {
      const code = this.#source.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }
}

/** What a string token stands for; most have no escapes. */
function unquote(source: string): string {
  return source.includes("\\") ? (JSON.parse(source) as string) : source.slice(1, -1);
}
