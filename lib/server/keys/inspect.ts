// One key: its figures, and what may be done with it.

import type { getKey as endpoint, KeyDetail } from "../../contracts/keys.ts";
import { ABSENT } from "../../core/user-cache/edit-fingerprint.ts";
import { fromKeyId } from "../../explorer/bytes.ts";
import { type DescribedKey, describeKeys } from "../../explorer/describe.ts";
import { ApiError, type Context, type Service } from "../context.ts";
import { isSensitive } from "./masking.ts";
import { editOf } from "./policy.ts";

export const getKey: Service<typeof endpoint> = async (context, { params }) => keyDetail(context, params.k);

/** All figures of the key `k`. @throws {ApiError} KEY_NOT_FOUND when it is absent, or not of this namespace */
export async function keyDetail(context: Context, k: string): Promise<KeyDetail> {
  const key = await findKey(context, k);
  const { runtime, actor } = context;
  const { row } = key;
  const fingerprint = await runtime.editor.fingerprint(key.name);
  if (fingerprint === ABSENT) throw keyNotFound();
  return {
    ...row,
    fingerprint,
    idleMs: key.idleMs,
    asOf: Date.now(),
    valueBytes: row.type === "string" ? row.length : null,
    edit: editOf(runtime.config, actor.role, row),
    masked: isSensitive(runtime.keyspace, key),
  };
}

/**
 * The key `k`, described. Every route that takes a `k` comes through here or through `nameOf`: a name outside the
 * namespace is refused before Redis is asked anything, and looks like one that does not exist.
 * @throws {ApiError} KEY_NOT_FOUND
 */
export async function findKey({ runtime }: Context, k: string): Promise<DescribedKey> {
  const { connections, keyspace } = runtime;
  const [key] = await describeKeys(connections, keyspace, [nameOf(runtime, k)]);
  if (!key) throw keyNotFound();
  return key;
}

/** The full name behind `k`. @throws {ApiError} KEY_NOT_FOUND for one outside the namespace */
export function nameOf({ keyspace }: Context["runtime"], k: string): Buffer {
  const name = fromKeyId(k);
  if (!keyspace.contains(name)) throw keyNotFound();
  return name;
}

export function keyNotFound(): ApiError {
  return new ApiError("KEY_NOT_FOUND", "There is no such key in this namespace; it may have expired or been deleted.");
}
