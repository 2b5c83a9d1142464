// How applications will read a value through $cache: JSON when it parses as JSON, else the text itself (the wire's rule).
// So the text `123` comes back as a number, and an integer above 2^53 comes back as another number.

import type { Bytes } from "../../contracts/bytes.ts";

export interface Reading {
  /** Completes "Applications will read …". */
  readonly sentence: string;
  /** What may surprise whoever saves it; null when nothing will. */
  readonly surprise: string | null;
}

export function readingOf(value: Bytes): Reading {
  if (value.encoding !== "utf8") {
    return { sentence: "text", surprise: "these bytes are no UTF-8: applications get � in place of some of them" };
  }
  if (value.data === "") return { sentence: "an empty text", surprise: null };
  const parsed = parseJson(value.data);
  return parsed === undefined
    ? { sentence: "text", surprise: brokenJson(value.data) }
    : readJson(parsed.value, value.data);
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function brokenJson(text: string): string | null {
  return /^\s*[{[]/.test(text) ? "it looks like JSON but does not parse, so applications get the raw text" : null;
}

function readJson(value: unknown, text: string): Reading {
  const surprise = precisionLoss(text);
  if (Array.isArray(value)) return { sentence: `a JSON list of ${count(value.length, "item")}`, surprise };
  if (typeof value === "object" && value !== null) {
    return { sentence: `a JSON object with ${count(Object.keys(value).length, "field")}`, surprise };
  }
  if (typeof value === "string") return { sentence: `the text ${JSON.stringify(clip(value))}`, surprise: null };
  if (value === null) return { sentence: "null", surprise: null };
  return { sentence: `the ${typeof value} ${String(value)}`, surprise };
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function count(amount: number, noun: string): string {
  return `${amount.toLocaleString("en")} ${noun}${amount === 1 ? "" : "s"}`;
}

/** Names the first integer that JavaScript cannot hold. Strings are skipped: digits inside them are text. */
function precisionLoss(text: string): string | null {
  const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  for (const [token] of text.matchAll(tokens)) {
    if (!/^-?\d+$/.test(token) || BigInt(token) === BigInt(Number(token))) continue;
    return `JavaScript cannot hold ${clip(token)}; applications get ${Number(token)} (the stored bytes keep every digit)`;
  }
  return null;
}
