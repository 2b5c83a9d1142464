// How much memory keys take and whether they expire: what the census asks of every key. Unlike a description it asks for
// no length, because that would make the whole namespace look freshly used to Redis' eviction.

import { StorePermission } from "../core/errors.ts";
import type { Keyspace } from "../core/keyspace.ts";
import type { Connections } from "../core/redis/connections.ts";
import { defineScript } from "../core/redis/scripts.ts";
import { runOverKeys } from "./over-keys.ts";
import { refusalOrThrow } from "./refusal.ts";

export interface Weight {
  /** As PTTL: -1 never, -2 gone; null when Redis refuses. */
  readonly ttlMs: number | null;
  readonly memoryBytes: number | null;
}

const measureScript = defineScript(new URL("./measure.lua", import.meta.url), { keys: "all" });
/** 50 keys keep a script call near 0.1 ms. */
const KEYS_PER_SCRIPT = 50;

/** The weights of keys, in their order; one round trip. */
export async function measureKeys(
  connections: Connections,
  keyspace: Keyspace,
  names: readonly Buffer[],
): Promise<Weight[]> {
  try {
    const weights = await runOverKeys(measureScript, connections, keyspace, names, KEYS_PER_SCRIPT);
    return (weights as unknown[][]).map(toWeight);
  } catch (error) {
    if (!(error instanceof StorePermission)) throw error;
    return Promise.all(names.map((name) => measureByCommands(connections, name)));
  }
}

async function measureByCommands(connections: Connections, name: Buffer): Promise<Weight> {
  const replies = await Promise.all([
    connections.call("PTTL", name).catch(refusalOrThrow),
    connections.call("MEMORY", "USAGE", name, "SAMPLES", 5).catch(refusalOrThrow),
  ]);
  return toWeight(replies);
}

function toWeight([ttl, memory]: unknown[]): Weight {
  return {
    ttlMs: typeof ttl === "number" ? ttl : null,
    memoryBytes: typeof memory === "number" ? memory : null,
  };
}
