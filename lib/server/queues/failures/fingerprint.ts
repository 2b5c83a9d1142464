// Failures that are alike: the sentence with what differs from job to job (numbers, ids, quoted names) left out.

import { createHash } from "node:crypto";
import type { Mask } from "../../../explorer/mask.ts";

const MAX_LINE = 500;

/** What differs, most particular first: an e-mail address is no longer one once its digits are gone. */
const VARIABLE: readonly [RegExp, string][] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>"],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, "<e-mail>"],
  [/\bhttps?:\/\/[^\s"'`)>]+/gi, "<url>"],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, "<time>"],
  [/\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b/g, "<address>"],
  [/\b0x[0-9a-f]+\b/gi, "<id>"],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b/gi, "<id>"],
  [/"[^"]{1,200}"/g, '"…"'],
  [/'[^']{1,200}'/g, "'…'"],
  [/`[^`]{1,200}`/g, "`…`"],
];
const NUMBER = /\d+(?:[.,]\d+)*/g;
/** What stands before a number that tells failures apart: `451 Temporary failure`, `status code 503`. */
const BEFORE_CODE = /^$|\b(?:status(?: code)?|http(?:\/\d)?|code|errno)[ :=]*$/i;

/** The sentence that failures which are alike have in common; secrets go first, while they can be told by their shape. */
export function titleOf(failedReason: string, mask: Mask): string {
  const whole = failedReason
    .trimStart()
    .split("\n", 1)[0]!
    .slice(0, 4 * MAX_LINE);
  const line = mask.text(whole).text.slice(0, MAX_LINE);
  const title = VARIABLE.reduce((text, [pattern, placeholder]) => text.replace(pattern, placeholder), line);
  const counted = title.replace(NUMBER, (digits, at: number) =>
    /^\d{3}$/.test(digits) && BEFORE_CODE.test(title.slice(0, at)) ? digits : "#",
  );
  return counted.replace(/\s+/g, " ").trim() || "(no reason given)";
}

export function fingerprintOfTitle(title: string): string {
  return createHash("sha1").update(title).digest("base64url").slice(0, 16);
}

/** The kind of error and the first place of the application's own code, as a stack tells them. */
export function originOf(stack: string | undefined): { kind: string | null; place: string | null } {
  if (stack === undefined) return { kind: null, place: null };
  const kind = /^([A-Z]\w*(?:Error|Exception)?):/.exec(stack)?.[1] ?? null;
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const own = frames.find((line) => !/node:internal|node_modules|<anonymous>/.test(line)) ?? frames[0];
  return { kind, place: own?.trim().replace(/^at /, "").slice(0, 300) ?? null };
}
