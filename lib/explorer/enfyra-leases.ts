// Finds what no index names: leases of foreign instances that are in no telemetry (any more), and the SQL pools' zsets,
// whose names carry a hash of the database's address. Both need SCAN, so the walk goes on a little at each look and rests
// when it came to its end. Of a pool, which all namespaces share, only our own namespace's entries are asked for.

import { StorePermission } from "../core/errors.ts";
import type { Keyspace } from "../core/keyspace.ts";
import { escapeGlob } from "../core/keyspace.ts";
import type { Connections } from "../core/redis/connections.ts";
import { type Lanes, scanLanes } from "./nodes.ts";

export interface LeaseWalk {
  /** Ids of instances that hold a lease, as far as the walk has come. */
  readonly leases: ReadonlySet<string>;
  /** Walks on. */
  step(): Promise<void>;
  /** Ms of the last entry in an SQL pool, of each of these instances that has one. */
  poolTimes(ids: readonly string[]): Promise<Map<string, number>>;
  /** The instance is no more. */
  forget(id: string): void;
}

/** So many keys are passed at one look at most: a few milliseconds of Redis' time. */
const SCAN_COUNT = 1_000;
const STEPS = 4;
const REST_MS = 15_000;
const MAX_LEASES = 200;
const MAX_POOLS = 16;
const START: Lanes = ["0", "0"];

export function createLeaseWalk({
  connections,
  keyspace,
}: {
  connections: Connections;
  keyspace: Keyspace;
}): LeaseWalk {
  const prefix = `${keyspace.systemPrefix}runtime_lifecycle:lease:`;
  const patterns = [`${escapeGlob(prefix)}*`, "coord:sql:pool:*:instances"].map((text) => Buffer.from(text));
  const leases = new Set<string>();
  const pools = new Set<string>();
  let cursors = START;
  let restUntil = 0;

  async function walk(): Promise<void> {
    const [node] = await connections.primaries();
    if (!node) return;
    for (let step = 0; step < STEPS && isUnderway(cursors); step++) {
      const { next, names } = await scanLanes(node, patterns, cursors, { count: SCAN_COUNT });
      cursors = next;
      for (const name of names.map(String)) {
        if (!name.startsWith(prefix)) pools.size < MAX_POOLS && pools.add(name);
        else if (leases.size < MAX_LEASES) leases.add(name.slice(prefix.length));
      }
    }
    if (isUnderway(cursors)) return;
    cursors = START;
    restUntil = performance.now() + REST_MS;
  }

  return {
    leases,
    async step() {
      // On a Cluster no foreign server can run: its NODE_NAME cannot carry the hash tag.
      if (connections.topology === "cluster" || performance.now() < restUntil) return;
      await walk().catch(unlessRefused);
    },
    async poolTimes(ids) {
      const times = new Map<string, number>();
      if (ids.length === 0) return times;
      const members = ids.map((id) => keyspace.systemPrefix + id);
      for (const pool of pools) {
        const scores = await connections.call("ZMSCORE", pool, ...members).catch(unlessRefused);
        for (const [index, score] of (Array.isArray(scores) ? scores : []).entries()) {
          const id = ids[index];
          if (score !== null && id !== undefined) times.set(id, Math.max(times.get(id) ?? 0, Number(score)));
        }
      }
      return times;
    },
    forget: (id) => void leases.delete(id),
  };
}

function isUnderway(cursors: Lanes): boolean {
  return cursors.some((cursor) => cursor !== null);
}

/** Leases and pools only add to what telemetry tells: without the permission to look for them they are left out. */
function unlessRefused(error: unknown): null {
  if (error instanceof StorePermission || (error instanceof Error && error.message.startsWith("WRONGTYPE")))
    return null;
  throw error;
}
