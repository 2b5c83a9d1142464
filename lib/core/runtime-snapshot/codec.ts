// How a snapshot is written: what current servers write, Node's own structured-clone format, which keeps Map, Set and
// Date. Their older form, JSON with `__enfyraType`, is read as well. The format belongs to V8: an older Node may be unable
// to read what a newer one wrote, and then says so instead of guessing.

import { deserialize, serialize } from "node:v8";
import { InvalidInput, SnapshotUnreadable } from "../errors.ts";

/** One snapshot as it lies in Redis. `generation` is ours; foreign servers neither write nor read it. */
export interface RuntimeSnapshot {
  /** The cache's name with its dashes; only key names have them replaced. */
  readonly cacheIdentifier: string;
  /** ms of the writer's clock. */
  readonly version: number;
  /** ISO 8601. */
  readonly updatedAt: string;
  readonly data: unknown;
  /** µs of Redis' clock; null when a foreign server wrote it. */
  readonly generation: number | null;
}

/** @throws what v8 throws for values that cannot be cloned, such as functions */
export function encodeSnapshot(snapshot: RuntimeSnapshot): Buffer {
  return serialize(snapshot);
}

/** @throws {SnapshotUnreadable} for bytes that are no snapshot, or of a Node too new for this one */
export function decodeSnapshot(bytes: Buffer): RuntimeSnapshot {
  const value = decodeValue(bytes);
  if (!isRecord(value) || !("data" in value)) throw new SnapshotUnreadable(undefined);
  const { cacheIdentifier, version, updatedAt, data, generation } = value;
  return {
    cacheIdentifier: String(cacheIdentifier),
    version: typeof version === "number" ? version : 0,
    updatedAt: typeof updatedAt === "string" ? updatedAt : "",
    data,
    generation: typeof generation === "number" && Number.isSafeInteger(generation) ? generation : null,
  };
}

/** What stands in a part of a snapshot: the value alone. @throws {SnapshotUnreadable} */
export function decodeValue(bytes: Buffer): unknown {
  try {
    return bytes[0] === 0xff ? deserialize(bytes) : JSON.parse(bytes.toString(), revive);
  } catch (error) {
    throw new SnapshotUnreadable(error);
  }
}

/** Most parts of one snapshot: they are put in place by one script. */
const MAX_PARTS = 5_000;
const MAX_NAME_LENGTH = 200;

/** Names, as keys have them, and values in turn. @throws {InvalidInput}, and what v8 throws */
export function encodeParts(parts: Readonly<Record<string, unknown>>): (string | Buffer)[] {
  const entries = Object.entries(parts);
  if (entries.length > MAX_PARTS)
    throw new InvalidInput(`Expected at most ${MAX_PARTS} parts of a snapshot, got ${entries.length}`);
  return entries.flatMap(([name, value]) => [partName(name), serialize(value)]);
}

/** @throws {InvalidInput} */
export function partName(name: string): string {
  if (typeof name !== "string" || name === "" || name.length > MAX_NAME_LENGTH)
    throw new InvalidInput(`Expected the name of a part to be a text of 1 to ${MAX_NAME_LENGTH} characters`);
  return name.replaceAll("-", "_");
}

/** The older form: `{ __enfyraType: "Map", entries: [[k, v]] }`, "Set" with `values`, "Date" with `value`. */
function revive(_key: string, value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { __enfyraType: type, entries, values, value: date } = value;
  if (type === "Map" && isEntries(entries)) return new Map(entries);
  if (type === "Set" && Array.isArray(values)) return new Set(values);
  return type === "Date" && typeof date === "string" ? new Date(date) : value;
}

function isEntries(value: unknown): value is [unknown, unknown][] {
  return Array.isArray(value) && value.every((entry) => Array.isArray(entry));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
