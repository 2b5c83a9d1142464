// A session as it lies in Redis, `NODE:session:<id>`: the JSON of seed 004's programs, with two members in front that
// ours need. Those programs ignore what they do not know; what they write, we read.
//
//   {"v":1763735999000000,"expires_at":"…Z","created_at":"…Z","session_id":"…","user":"…","data":{…}}
//
// `v` is the version: µs of Redis's clock at the last write, growing with each. The true expiry is the key's TTL;
// `expires_at` repeats it for programs that look there.

import { performance } from "node:perf_hooks";
import { isDeepStrictEqual } from "node:util";
import { InvalidInput, SessionUnreadable, ValueTooLarge } from "../errors.ts";
import type { Session, SessionData } from "./types.ts";

const MAX_NAME_LENGTH = 512;
/** `v`, `expires_at` and `created_at` with their names. */
const HEAD_BYTES = 110;

/** What read.lua answers besides the record. */
export interface RecordState {
  readonly leftMs: number;
  readonly version: number;
  readonly nowMs: number;
}

/** @throws {InvalidInput} */
export function checkId(id: unknown): string {
  if (typeof id === "string" && id.length > 0 && id.length <= MAX_NAME_LENGTH) return id;
  throw new InvalidInput(`Expected a session id to be a string of 1 to ${MAX_NAME_LENGTH} characters`);
}

/** @throws {InvalidInput} */
export function checkUser(user: unknown): string | null {
  if (user === null || user === undefined) return null;
  if (typeof user === "string" && user.length > 0 && user.length <= MAX_NAME_LENGTH) return user;
  throw new InvalidInput(`Expected \`user\` to be null or a string of 1 to ${MAX_NAME_LENGTH} characters`);
}

/** Data as JSON. @throws {InvalidInput} for what is no object, or what JSON cannot say */
export function encodeData(data: unknown): string {
  if (typeof data !== "object" || data === null || Array.isArray(data))
    throw new InvalidInput("Expected `data` of a session to be an object");
  try {
    return JSON.stringify(data) ?? refuse("undefined");
  } catch (cause) {
    return refuse((cause as Error).message);
  }
}

function refuse(because: string): never {
  throw new InvalidInput(`Expected \`data\` of a session to be something JSON can say: ${because}`);
}

/** The members between `created_at` and `data`, and the check that all of it is not too much. */
export function encodeIdentity(id: string, user: string | null, data: string, maxBytes: number): string {
  const identity = `"session_id":${JSON.stringify(id)},"user":${JSON.stringify(user)}`;
  const bytes = HEAD_BYTES + Buffer.byteLength(identity) + Buffer.byteLength(data);
  if (bytes > maxBytes) throw new ValueTooLarge(bytes, maxBytes, "sessions.maxBytes");
  return identity;
}

/**
 * The session that a record means: ours, one of seed 004's programs, or any other JSON object (all of it is data).
 * @throws {SessionUnreadable}
 */
export function parseRecord(id: string, text: string, { leftMs, version, nowMs }: RecordState): Session {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (cause) {
    throw new SessionUnreadable("it is not JSON", { cause });
  }
  if (!isObject(record)) throw new SessionUnreadable("it is not a JSON object");
  const isKnown = typeof record.session_id === "string" && "data" in record;
  const data = isKnown ? (record.data ?? {}) : record;
  if (!isObject(data)) throw new SessionUnreadable("its data is not a JSON object");
  return made(leftMs, {
    id,
    user: isKnown && typeof record.user === "string" ? record.user : null,
    data,
    createdAt: isKnown ? timeOf(record.created_at) : null,
    expiresAt: leftMs < 0 ? null : nowMs + leftMs,
    version,
  });
}

/** What write.lua made of what it was given. */
export function writtenSession<Data extends SessionData>(
  id: string,
  user: string | null,
  data: string,
  state: RecordState & { readonly createdAt: string },
): Session<Data> {
  const { leftMs, nowMs, version } = state;
  return made(leftMs, {
    id,
    user,
    data: JSON.parse(data) as Data,
    createdAt: timeOf(state.createdAt),
    expiresAt: leftMs < 0 ? null : nowMs + leftMs,
    version,
  });
}

/** ms since the epoch of an RFC 3339 time; null for anything else. */
export function timeOf(text: unknown): number | null {
  const ms = typeof text === "string" ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

/** The result of {@link mergeData}. */
export type Merge = { readonly merged: SessionData } | { readonly conflicts: readonly string[] };

/**
 * Applies to `theirs` what changed from `base` to `mine`, member by member of the top level.
 * @param prefer members of which `mine` is taken whatever they did
 */
export function mergeData(base: SessionData, mine: SessionData, theirs: SessionData, prefer: readonly string[]): Merge {
  const names = new Set([...Object.keys(base), ...Object.keys(mine), ...Object.keys(theirs)]);
  const merged: [string, unknown][] = [];
  const conflicts: string[] = [];
  const has = (data: SessionData, name: string) => (Object.hasOwn(data, name) ? [data[name]] : []);
  for (const name of names) {
    const [was, my, their] = [has(base, name), has(mine, name), has(theirs, name)];
    const isMine = prefer.includes(name) || !isDeepStrictEqual(was, my);
    if (isMine && !prefer.includes(name) && !isDeepStrictEqual(was, their) && !isDeepStrictEqual(my, their))
      conflicts.push(name);
    for (const value of isMine ? my : their) merged.push([name, value]);
  }
  return conflicts.length > 0 ? { conflicts } : { merged: Object.fromEntries(merged) };
}

/** When sessions end by this process's monotonic clock; `expiresAt` is in Redis's time, which may differ from ours. */
const ends = new WeakMap<Session, number>();

function made<Data extends SessionData>(leftMs: number, session: Session<Data>): Session<Data> {
  if (leftMs >= 0) ends.set(session, performance.now() + leftMs);
  return freeze(session);
}

/** How many ms a session has left now; null when it never expires. */
export function leftMsOf(session: Session): number | null {
  const end = ends.get(session);
  return end === undefined ? null : Math.max(0, end - performance.now());
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function freeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
  return value;
}
