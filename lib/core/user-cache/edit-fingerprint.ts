// Fingerprints: what an operator saw of a value, short enough to carry along. A write names the one it is based on and
// is refused when the value has another by then. Redis computes them, so that no value travels.

import { createHash } from "node:crypto";
import { StorePermission } from "../errors.ts";
import type { ScriptClient } from "../redis/scripts.ts";
import { lookScript } from "./edit-scripts.ts";

/** Values up to this size are compared (and may be edited) whole; larger ones by their length and both ends. */
const WHOLE_VALUE_BYTES = 1024 * 1024;
const END_BYTES = 64 * 1024;

/** The fingerprint of a key that does not exist. */
export const ABSENT = "absent";

/** One key at one moment. `value` is null when not asked for, above 1 MB, or no string. */
export interface Look {
  readonly fingerprint: string;
  /** Redis type, or "none". */
  readonly type: string;
  /** As PTTL: -1 never expires, -2 no such key. */
  readonly ttlMs: number;
  readonly value: Buffer | null;
}

/** The fingerprint a string value of these bytes has. */
export function fingerprintOf(value: Buffer): string {
  if (value.length <= WHOLE_VALUE_BYTES) return `string:${sha1(value)}`;
  const ends = Buffer.concat([value.subarray(0, END_BYTES), value.subarray(-END_BYTES)]);
  return `partial:string:${value.length}:${sha1(ends)}`;
}

/**
 * An expectation for bulk acts: still that type, and that long. Cheap, so that 100,000 keys can be checked. Its slashes
 * keep it apart from fingerprints: who edits one key cannot ask for this weaker comparison.
 */
export function lengthFingerprint(type: string, length: number): string {
  return `length/${type}/${length}`;
}

/**
 * Reads a key's fingerprint, type and TTL in one round trip; nothing is touched but Redis' own idle clock.
 * Where the ACL refuses scripts the value itself is fetched and hashed here.
 */
export async function look(store: ScriptClient, key: Buffer, withValue: boolean): Promise<Look> {
  try {
    const reply = await lookScript.run(store, [key, withValue ? 1 : 0], { buffers: true });
    const [fingerprint, type, ttlMs, value] = reply as [Buffer, Buffer, number, Buffer | null];
    return { fingerprint: String(fingerprint), type: String(type), ttlMs, value };
  } catch (error) {
    if (!(error instanceof StorePermission)) throw error;
    return lookByCommands(store, key, withValue);
  }
}

async function lookByCommands(store: ScriptClient, key: Buffer, withValue: boolean): Promise<Look> {
  const [type, ttlMs] = [String(await store.call("TYPE", key)), Number(await store.call("PTTL", key))];
  if (type === "none") return { fingerprint: ABSENT, type, ttlMs, value: null };
  if (type !== "string")
    return { fingerprint: await fingerprintOfCollection(store, key, type), type, ttlMs, value: null };
  const length = Number(await store.call("STRLEN", key));
  if (length > WHOLE_VALUE_BYTES) {
    const first = await bytes(store, "GETRANGE", key, 0, END_BYTES - 1);
    const last = await bytes(store, "GETRANGE", key, -END_BYTES, -1);
    return { fingerprint: `partial:string:${length}:${sha1(Buffer.concat([first, last]))}`, type, ttlMs, value: null };
  }
  const value = await bytes(store, "GET", key);
  return { fingerprint: fingerprintOf(value), type, ttlMs, value: withValue ? value : null };
}

const LENGTH: Record<string, string> = { list: "LLEN", hash: "HLEN", set: "SCARD", zset: "ZCARD", stream: "XLEN" };

/** The same as fingerprint_of_collection in fingerprint-of.lua. */
async function fingerprintOfCollection(store: ScriptClient, key: Buffer, type: string): Promise<string> {
  const memory = await store.call("MEMORY", "USAGE", key, "SAMPLES", 5).catch((error: unknown) => {
    if (error instanceof StorePermission) return null;
    throw error;
  });
  if (memory !== null && Number(memory) <= END_BYTES)
    return `${type.toLowerCase()}:${sha1(await bytes(store, "DUMP", key))}`;
  const command = LENGTH[type];
  const length = command ? Number(await store.call(command, key)) : 0;
  return `partial:${type.toLowerCase()}:${length}:${sha1(String(memory ?? 0))}`;
}

/** The reply as bytes; a key that went away in between is empty, and its fingerprint then matches nothing. */
async function bytes(store: ScriptClient, command: string, ...args: (string | Buffer | number)[]): Promise<Buffer> {
  const reply = await store.callBuffer(command, ...args);
  return Buffer.isBuffer(reply) ? reply : Buffer.alloc(0);
}

function sha1(data: Buffer | string): string {
  return createHash("sha1").update(data).digest("hex");
}
