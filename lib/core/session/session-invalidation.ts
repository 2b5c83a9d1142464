// The words of invalidations, which are old and spoken by others too: seed 004's programs write their types in one of
// two spellings, `session_deleted` or `SessionDeleted`.

import type { SessionInvalidation } from "./types.ts";

const KINDS: readonly string[] = ["session_deleted", "session_invalidated", "cache_clear"];

/** The kind in either spelling; undefined for anything else. */
export function kindOf(type: string): SessionInvalidation["type"] | undefined {
  const kind = type.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
  return KINDS.includes(kind) ? (kind as SessionInvalidation["type"]) : undefined;
}

/** Whether it can be the id of a stream entry, `<ms>-<n>`. */
export function isEntry(value: unknown): value is string {
  return typeof value === "string" && /^\d{1,16}-\d{1,19}$/.test(value);
}

/** Before 0, same 0, after: by time, then by number. */
export function compareEntries(one: string, other: string): number {
  const [ms, n] = partsOf(one);
  const [otherMs, otherN] = partsOf(other);
  const [left, right] = ms === otherMs ? [n, otherN] : [ms, otherMs];
  return left < right ? -1 : left > right ? 1 : 0;
}

function partsOf(entry: string): [ms: bigint, n: bigint] {
  const [ms = "0", n = "0"] = entry.split("-");
  return [BigInt(ms), BigInt(n)];
}
