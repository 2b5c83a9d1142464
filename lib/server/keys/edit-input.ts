// What a body asks for, as the editor takes it: exact bytes, a full key name, a TTL that is one.

import type { Bytes } from "../../contracts/bytes.ts";
import { MAX_EDIT_BYTES, type TtlChange } from "../../contracts/key-edits.ts";
import { KeyRequired, ValueTooLarge } from "../../core/errors.ts";
import type { Keyspace } from "../../core/keyspace.ts";
import { checkTtl } from "../../core/user-cache/limits.ts";
import { fromBytes } from "../../explorer/bytes.ts";
import { holdsMarker } from "../../explorer/mask.ts";
import type { Config } from "../config.ts";
import { ApiError } from "../context.ts";

/** The longest key name, in bytes, that can be created here. */
const MAX_NAME_BYTES = 16 * 1024;

/** The bytes of a field, exactly. @throws {ApiError} where its text would not give the same bytes back */
export function exactBytes(field: string, bytes: Bytes): Buffer {
  const buffer = fromBytes(bytes);
  const isExact = bytes.encoding === "utf8" ? bytes.data.isWellFormed() : buffer.toString("base64url") === bytes.data;
  if (!isExact) throw new ApiError("INVALID_INPUT", `body.${field}: this is not valid ${bytes.encoding}`);
  return buffer;
}

/**
 * The full name of a logical user-cache key; one that is full already passes, as it does for application code. Another
 * namespace's full name is a logical name like any other.
 * @throws {KeyRequired} for an empty one
 */
export function fullName({ userCachePrefix }: Keyspace, logical: Buffer): Buffer {
  const prefix = Buffer.from(userCachePrefix);
  const isFull = logical.subarray(0, prefix.length).equals(prefix);
  const name = isFull ? logical : Buffer.concat([prefix, logical]);
  if (name.length === prefix.length) throw new KeyRequired();
  if (name.length > MAX_NAME_BYTES)
    throw new ApiError("INVALID_INPUT", `body.key: the full name may have ${MAX_NAME_BYTES} bytes, not ${name.length}`);
  return name;
}

/** A TTL change as the editor takes it. @throws {TtlInvalid} for what is none */
export function ttlOf<T extends TtlChange>(ttl: T): Exclude<T, object> | number {
  return typeof ttl === "object" ? checkTtl(ttl.ms) : (ttl as Exclude<T, object>);
}

/** @throws {ValueTooLarge} with the sentences applications know, {@link ApiError} above what is edited here */
export function checkValue({ userCache }: Pick<Config, "userCache">, value: Buffer): void {
  const { limitBytes, maxValueBytes } = userCache;
  if (maxValueBytes > 0 && value.length > maxValueBytes)
    throw new ValueTooLarge(value.length, maxValueBytes, "REDIS_USER_CACHE_MAX_VALUE_BYTES");
  if (limitBytes && value.length > limitBytes)
    throw new ValueTooLarge(value.length, limitBytes, "REDIS_USER_CACHE_LIMIT_MB");
  if (value.length > MAX_EDIT_BYTES) throw tooLargeToEdit(value.length);
  if (holdsMarker(value))
    throw new ApiError("INVALID_INPUT", "body.value: it holds the mark of a masked secret; saving it would destroy it");
}

export function tooLargeToEdit(bytes: number): ApiError {
  return new ApiError(
    "VALUE_TOO_LARGE",
    `The value is ${bytes} bytes; above ${MAX_EDIT_BYTES} a value is not edited here: view, download, TTL and delete work.`,
    { bytes, maxBytes: MAX_EDIT_BYTES },
  );
}
