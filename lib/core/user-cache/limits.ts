// What is checked before anything is sent to Redis, for both drivers. The sentences are the ones of the wire.

import { InvalidInput, KeyRequired, MAX_TTL_MS, QuotaExceeded, TtlInvalid, ValueTooLarge } from "../errors.ts";

/** Both in bytes of the serialized value, names and overhead not counted. */
export interface Limits {
  /** The quota (`REDIS_USER_CACHE_LIMIT_MB` × 1024 × 1024). 0: unlimited. null: not known, so nothing is evicted. */
  readonly limitBytes: number | null;
  /** `REDIS_USER_CACHE_MAX_VALUE_BYTES`. @default 0 (no cap) */
  readonly maxValueBytes?: number;
}

/** @throws {InvalidInput} for limits that are no integers ≥ 0 */
export function checkLimits({ limitBytes, maxValueBytes = 0 }: Limits): Required<Limits> {
  for (const [option, bytes] of Object.entries({ limitBytes: limitBytes ?? 0, maxValueBytes })) {
    if (Number.isSafeInteger(bytes) && bytes >= 0) continue;
    throw new InvalidInput(`Expected \`${option}\` to be an integer ≥ 0, got ${bytes}`);
  }
  return { limitBytes, maxValueBytes };
}

/** @throws {KeyRequired} for what is no key */
export function checkKey(key: unknown): string {
  if (typeof key !== "string" || key === "") throw new KeyRequired();
  return key;
}

/** @throws {TtlInvalid} */
export function checkTtl(ttlMs: unknown): number {
  if (typeof ttlMs !== "number" || !Number.isSafeInteger(ttlMs) || ttlMs < 1 || ttlMs > MAX_TTL_MS) {
    throw new TtlInvalid(ttlMs);
  }
  return ttlMs;
}

/** @returns the bytes of a serialized value. @throws {ValueTooLarge} if it can never be kept */
export function checkSize(text: string, { limitBytes, maxValueBytes }: Required<Limits>): number {
  const bytes = Buffer.byteLength(text);
  if (maxValueBytes > 0 && bytes > maxValueBytes) {
    throw new ValueTooLarge(bytes, maxValueBytes, "REDIS_USER_CACHE_MAX_VALUE_BYTES");
  }
  if (limitBytes && bytes > limitBytes) throw new ValueTooLarge(bytes, limitBytes, "REDIS_USER_CACHE_LIMIT_MB");
  return bytes;
}

/** The value would fit into the quota, but not beside what cannot be evicted. */
export function noRoomBesideLocks(bytes: number, totalBytes: number, limitBytes: number): QuotaExceeded {
  return new QuotaExceeded(
    `$cache value is ${bytes} bytes, and held locks leave less of the REDIS_USER_CACHE_LIMIT_MB capacity ${limitBytes} bytes`,
    { bytes, totalBytes, limitBytes },
  );
}
