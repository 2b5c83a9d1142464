// How values that JSON has no words for are written.

import type { Sink } from "./printer.ts";
import { textShare } from "./text.ts";

/** A double: `-0`, `NaN` and `Infinity` included. */
export function showNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

export function showDate(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? `Date ${new Date(ms).toISOString()}` : "Date invalid";
}

const SHOWN_BYTES = 64;

/** Raw bytes on one line: `label(n) <"text">` when they are text, else `label(n) <hex>`. */
export function writeBytes(out: Sink, label: string, bytes: Buffer): void {
  if (bytes.length > 0 && textShare(bytes) === 1) {
    const text = bytes.toString();
    out.leaf(`${label}(${bytes.length}) <${out.aside((inner) => inner.string(text))}>`);
    return;
  }
  const hex = (bytes.subarray(0, SHOWN_BYTES).toString("hex").match(/../g) ?? []).join(" ");
  const more = bytes.length > SHOWN_BYTES ? ` … ${bytes.length - SHOWN_BYTES} more` : "";
  out.leaf(`${label}(${bytes.length}) <${hex}${more}>`);
}
