// A TTL as operators type it: an amount and a unit. Redis takes whole milliseconds, 1 or more.

export const TTL_UNITS = [
  { id: "ms", label: "ms", ms: 1 },
  { id: "s", label: "seconds", ms: 1_000 },
  { id: "min", label: "minutes", ms: 60_000 },
  { id: "h", label: "hours", ms: 3_600_000 },
  { id: "d", label: "days", ms: 86_400_000 },
] as const;

type TtlUnit = (typeof TTL_UNITS)[number]["id"];

/** What the form holds. */
export interface TtlDraft {
  readonly choice: "keep" | "set" | "none";
  readonly amount: string;
  readonly unit: TtlUnit;
}

export const KEEP_TTL: TtlDraft = { choice: "keep", amount: "1", unit: "h" };

export type ParsedTtl =
  | { readonly ttl: "keep" | "none" | { readonly ms: number }; readonly error: null }
  | { readonly ttl: null; readonly error: string };

export function parseTtl(draft: TtlDraft): ParsedTtl {
  if (draft.choice !== "set") return { ttl: draft.choice, error: null };
  const amount = Number(draft.amount);
  if (draft.amount.trim() === "" || !Number.isFinite(amount)) return { ttl: null, error: "Give a number" };
  const ms = Math.round(amount * unitMs(draft.unit));
  if (ms < 1) return { ttl: null, error: "A TTL is at least 1 ms; choose “never” for no expiry" };
  if (!Number.isSafeInteger(ms)) return { ttl: null, error: "That is longer than a date can say" };
  return { ttl: { ms }, error: null };
}

function unitMs(unit: TtlUnit): number {
  return TTL_UNITS.find(({ id }) => id === unit)?.ms ?? 1_000;
}

/** The amount and unit that say `ms` with the fewest digits: 7,200,000 is 2 hours. */
export function ttlDraftOf(ms: number): TtlDraft {
  const unit = [...TTL_UNITS].reverse().find((candidate) => ms % candidate.ms === 0) ?? TTL_UNITS[0];
  return { choice: "set", amount: String(ms / unit.ms), unit: unit.id };
}

/** What is left of a TTL that was read `sinceMs` ago; 0 when it has run out, -1 when there is none. */
export function remainingTtl(ttlMs: number, sinceMs: number): number {
  return ttlMs < 0 ? ttlMs : Math.max(0, ttlMs - sinceMs);
}
