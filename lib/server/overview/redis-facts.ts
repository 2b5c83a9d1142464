// What INFO tells about the Redis behind the console, as numbers. Whatever is refused or missing is null: an operator
// with a narrow ACL sees a blank, not an error page.

import type { Overview } from "../../contracts/overview.ts";
import { StorePermission } from "../../core/errors.ts";
import type { Connections } from "../../core/redis/connections.ts";
import { mapStoreError } from "../../core/redis/store-error.ts";

/** INFO of one primary: field → value. */
export type Info = ReadonlyMap<string, string>;

export interface RedisFacts {
  readonly redis: Overview["redis"];
  readonly primaries: readonly Info[];
  /** Whether snapshots are scheduled; null where CONFIG is refused. */
  readonly takesSnapshots: boolean | null;
}

/** Asks every primary once. */
export async function readRedisFacts(connections: Connections): Promise<RedisFacts> {
  const [primaries, save] = await connections.run(async () => {
    const nodes = await connections.primaries();
    return Promise.all([
      Promise.all(nodes.map(async (node) => parseInfo(await unlessRefused(node.info())))),
      unlessRefused(nodes[0]?.config("GET", "save") ?? Promise.resolve(null)),
    ]);
  });
  const takesSnapshots = Array.isArray(save) ? String(save[1] ?? "") !== "" : null;
  return { redis: summarize(connections, primaries, takesSnapshots), primaries, takesSnapshots };
}

export function parseInfo(text: string | null): Info {
  const lines = (text ?? "").split(/\r?\n/).filter((line) => line.includes(":") && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
}

/** A field as a number; null when it is missing. */
export function numberIn(info: Info, field: string): number | null {
  const value = Number(info.get(field) ?? Number.NaN);
  return Number.isFinite(value) ? value : null;
}

function summarize(
  connections: Connections,
  primaries: readonly Info[],
  takesSnapshots: boolean | null,
): Overview["redis"] {
  const first = primaries[0] ?? new Map<string, string>();
  const all = (field: string) => primaries.flatMap((info) => numberIn(info, field) ?? []);
  const sum = (field: string) => (all(field).length === 0 ? null : all(field).reduce((a, b) => a + b, 0));
  const most = (field: string) => (all(field).length === 0 ? null : Math.max(...all(field)));
  const isValkey = first.get("server_name") === "valkey";
  const version = (isValkey ? first.get("valkey_version") : first.get("redis_version")) ?? null;
  return {
    address: connections.address,
    server: version === null ? null : isValkey ? "valkey" : "redis",
    version,
    topology: connections.topology,
    role: first.get("role") ?? null,
    nodes: primaries.length,
    uptimeS: all("uptime_in_seconds").length === 0 ? null : Math.min(...all("uptime_in_seconds")),
    usedMemoryBytes: sum("used_memory"),
    maxMemoryBytes: sum("maxmemory"),
    fragmentation: most("mem_fragmentation_ratio"),
    evictionPolicy: first.get("maxmemory_policy") ?? null,
    persistence: persistenceOf(first, takesSnapshots),
    replicas: sum("connected_slaves"),
    clients: sum("connected_clients"),
    opsPerSecond: sum("instantaneous_ops_per_sec"),
    keys: first.size === 0 ? null : primaries.reduce((keys, info) => keys + keysIn(info), 0),
  };
}

function persistenceOf(info: Info, takesSnapshots: boolean | null): string | null {
  const hasAof = info.get("aof_enabled");
  if (hasAof === undefined) return null;
  if (hasAof === "1") return takesSnapshots ? "append-only file and snapshots" : "append-only file";
  if (takesSnapshots === null) return null;
  return takesSnapshots ? "snapshots" : "off";
}

/** `db0:keys=12,expires=3,…` of every database. */
function keysIn(info: Info): number {
  return Array.from(info)
    .filter(([field]) => /^db\d+$/.test(field))
    .reduce((keys, [, value]) => keys + Number(/keys=(\d+)/.exec(value)?.[1] ?? 0), 0);
}

/** null where the ACL refuses. */
export async function unlessRefused<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    const mapped = mapStoreError(error);
    if (mapped instanceof StorePermission) return null;
    throw mapped;
  }
}
