// How a snapshot is written: what current servers write, Node's own structured-clone format, which keeps Map, Set and
// Date. Their older form, JSON with `__enfyraType`, is read as well. The format belongs to V8: an older Node may be unable
// to read what a newer one wrote, and then says so instead of guessing.

import { deserialize, serialize } from "node:v8";
import { SnapshotUnreadable } from "../errors.ts";

/** One snapshot as it lies in Redis. `generation` is ours; foreign servers neither write nor read it. */
export interface RuntimeSnapshot {
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
  let value: unknown;
  try {
    value = bytes[0] === 0xff ? deserialize(bytes) : JSON.parse(bytes.toString(), revive);
  } catch (error) {
    throw new SnapshotUnreadable(error);
  }
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

/** The older form: `{ __enfyraType: "Map", value: [[k, v]] }`, "Set" and "Date" alike. */
function revive(_key: string, value: unknown): unknown {
  if (!isRecord(value) || typeof value.__enfyraType !== "string") return value;
  const content = value.value;
  if (value.__enfyraType === "Date") return new Date(String(content));
  if (!Array.isArray(content)) return value;
  if (value.__enfyraType === "Map") return new Map(content as [unknown, unknown][]);
  return value.__enfyraType === "Set" ? new Set(content) : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
