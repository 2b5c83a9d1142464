// Finds secrets in text by their place and their shape, without parsing it: the text may be a piece cut out of a longer
// value, JSON inside a JSON string, or no JSON at all. Works on any one-byte view of the bytes too, because everything
// it looks for is ASCII. Every pattern is bounded, so the time is linear in the length of the text.

/** A piece to replace; `quote` goes around the marker where the piece had quotes, or needs them. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly quote: string;
}

type IsSensitive = (name: string) => boolean;

/** The pieces to hide, in order, none overlapping. */
export function findSpans(text: string, isSensitive: IsSensitive): Span[] {
  const spans = [...quotedFields(text, isSensitive), ...assignments(text, isSensitive), ...shapes(text)];
  spans.sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: Span[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (!last || span.start >= last.end) merged.push(span);
    else if (span.end > last.end) merged[merged.length - 1] = { ...last, end: span.end };
  }
  return merged;
}

// ---- "name": value ---------------------------------------------------------------------------------------------------

/** A quoted name and a colon. Inside a JSON string the quotes carry backslashes: one, three, seven… by depth. */
const FIELD =
  /(\\{0,15})(["'])((?:[^"'\\]|\\{1,16}u[0-9a-fA-F]{4}){1,64})\1\2(?:\s|\\{1,15}[nrt]){0,16}:(?:\s|\\{1,15}[nrt]){0,64}/g;

/** Values that give nothing away. */
const HARMLESS = new Set(["null", "true", "false"]);

function* quotedFields(text: string, isSensitive: IsSensitive): Generator<Span> {
  const field = new RegExp(FIELD);
  for (let match = field.exec(text); match; match = field.exec(text)) {
    const [, slashes = "", , name = ""] = match;
    if (!isSensitive(plainName(name))) {
      // The value may be a name in turn, when this was no JSON; look again right after the name.
      field.lastIndex = match.index + slashes.length + 1 + name.length;
      continue;
    }
    const span = valueSpan(text, field.lastIndex, slashes);
    if (!span) continue;
    yield span;
    field.lastIndex = Math.max(field.lastIndex, span.end);
  }
}

function plainName(name: string): string {
  return name.replace(/\\+u([0-9a-fA-F]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

function valueSpan(text: string, at: number, slashes: string): Span | null {
  const opening = text.startsWith(slashes, at) ? text[at + slashes.length] : undefined;
  if (opening === '"' || opening === "'") {
    const start = at + slashes.length + 1;
    const end = stringEnd(text, start, slashes.length, opening);
    return end > start ? { start, end, quote: "" } : null;
  }
  const first = text[at];
  if (first === "{" || first === "[")
    return { start: at, end: bracketEnd(text, at, slashes.length), quote: `${slashes}"` };
  SCALAR.lastIndex = at;
  const scalar = SCALAR.exec(text)?.[0] ?? "";
  return scalar === "" || HARMLESS.has(scalar) ? null : { start: at, end: at + scalar.length, quote: `${slashes}"` };
}

const SCALAR = /[^,}\]\s\\"']+/y;

/** Where the string ends that began at `start`: before its closing quote, or where the text does. */
function stringEnd(text: string, start: number, escapes: number, quote: string): number {
  for (let at = text.indexOf(quote, start); at !== -1; at = text.indexOf(quote, at + 1)) {
    const before = backslashesBefore(text, at, start);
    if (closes(before, escapes)) return at - escapes;
    if (before < escapes) return at - before;
  }
  return text.length;
}

function backslashesBefore(text: string, at: number, start: number): number {
  let count = 0;
  while (at - count > start && text[at - count - 1] === "\\") count++;
  return count;
}

/** Whether a quote after so many backslashes is one of this depth: each level writes `\` as `\\` and `"` as `\"`. */
function closes(backslashes: number, escapes: number): boolean {
  return backslashes % (2 * (escapes + 1)) === escapes;
}

function bracketEnd(text: string, start: number, escapes: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") {
      depth--;
      if (depth === 0) return at + 1;
    } else if (character === '"') {
      if (backslashesBefore(text, at, start) < escapes) return at;
      at = text.indexOf('"', stringEnd(text, at + 1, escapes, '"'));
      if (at === -1) return text.length;
    }
  }
  return text.length;
}

// ---- name=value, and `name: value` on a line of its own --------------------------------------------------------------

const ASSIGNMENT = /(?<![\w-])([\w-]{1,64})=([^\s&;,"'\\}]+)/g;
const HEADER = /(?<=^|\n)[ \t]{0,64}([\w-]{1,64}):[ \t]{1,16}([^\r\n]+)/g;

function* assignments(text: string, isSensitive: IsSensitive): Generator<Span> {
  for (const pattern of text.includes("=") ? [ASSIGNMENT, HEADER] : [HEADER])
    for (const match of text.matchAll(pattern)) {
      const [whole, name = "", value = ""] = match;
      const end = match.index + whole.length;
      if (isSensitive(name) && !HARMLESS.has(value)) yield { start: end - value.length, end, quote: "" };
    }
}

// ---- secrets by shape ------------------------------------------------------------------------------------------------

/** Each with the part that may stay as its first group. */
const SHAPES: readonly { readonly hint: string; readonly pattern: RegExp }[] = [
  // scheme://user:password@host
  {
    hint: "://",
    pattern: /((?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,19}:\/\/[^\s/:@"'\\]{0,128}:)[^\s/@"'\\]{1,512}(?=@)/gi,
  },
  // password hashes: bcrypt, argon2, scrypt, pbkdf2, crypt(3)
  { hint: "$", pattern: /()\$(?:2[abxy]?|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]{0,16}|[156y])\$[./\w$=,+-]{20,}/g },
  { hint: "earer", pattern: /(\b[Bb]earer\s{1,4})[\w.~+/=-]{16,}/g },
  // JSON Web Token
  { hint: "eyJ", pattern: /()(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{4,}\.[\w-]*/g },
  { hint: "PRIVATE KEY-----", pattern: /(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[\s\S]+?(?=-----END|$)/g },
];

function* shapes(text: string): Generator<Span> {
  for (const { hint, pattern } of SHAPES) {
    if (!text.includes(hint)) continue;
    for (const match of text.matchAll(pattern)) {
      const kept = match[1]?.length ?? 0;
      yield { start: match.index + kept, end: match.index + match[0].length, quote: "" };
    }
  }
}
