// Instances of an Enfyra server in this namespace, which know nothing of our members. They are read from what they leave:
// a telemetry zset beaten every 2 s and trimmed to 10 s, sums of measurements, a lease, and an entry in the SQL pool's
// zset. All their times are their own clocks', so a score that moves proves life, whatever it says; the lease alone proves
// nothing, because the other instances keep it from expiring (only its `updatedAt` is the instance's own).

import type { Keyspace } from "../core/keyspace.ts";
import type { Connections } from "../core/redis/connections.ts";
import { currentOf, SUM_FIELDS, type Sums, toSums } from "./enfyra-averages.ts";
import { createLeaseWalk } from "./enfyra-leases.ts";

/** One foreign instance; times in ms of Redis' clock unless said. */
export interface ForeignInstance {
  readonly kind: "foreign";
  readonly id: string;
  readonly state: "live" | "late" | "gone";
  /** When it was last seen to do something. */
  readonly heardAt: number;
  readonly silentMs: number;
  /** By its own clock. */
  readonly leaseUpdatedAt: number | null;
  /** By its own clock: its last entry in the pool that all servers of one database share. */
  readonly sqlPoolAt: number | null;
  /** Its clock minus Redis', where that is more than its telemetry can be late; null while it is not seen to beat. */
  readonly clockOffsetMs: number | null;
  readonly requestsPerSecond: number | null;
  /** Fields such as `rssMb`, `eventLoopLagMs`, `cpuRatio`. `now`: between the last two looks; otherwise since its start. */
  readonly figures: { readonly basis: "now" | "since start"; readonly values: ReadonlyMap<string, number> } | null;
}

export interface EnfyraReader {
  /** All that were heard within an hour of this reader's life. @throws {StoreUnavailable} {StorePermission} */
  read(): Promise<{ at: number; instances: ForeignInstance[] }>;
}

/** Its beat is 2 s; the zset forgets it after 10 s. */
const LATE_MS = 8_000;
const GONE_MS = 20_000;
/** The lease is renewed every 20 s and given up after 60 s. */
const LEASE_GONE_MS = 60_000;
const FORGET_MS = 3_600_000;
const MAX_INSTANCES = 200;
const ID = /^[0-9a-f]{32}$/;

/** What is remembered of an instance between two looks. */
interface Memory {
  score: number | null;
  /** Redis' time when the score was seen to move, or the score itself at the first look. */
  movedAt: number | null;
  offsetMs: number | null;
  sums: Sums | null;
  figures: ForeignInstance["figures"];
}

/** @param options.connections only read from; nothing foreign is ever written */
export function createEnfyraReader(options: { connections: Connections; keyspace: Keyspace }): EnfyraReader {
  const { connections, keyspace } = options;
  const telemetry = `${keyspace.systemPrefix}cluster-telemetry:runtime-monitor:app:`;
  const monitor = `${keyspace.systemPrefix}runtime-monitor:`;
  const leaseOf = (id: string) => `${keyspace.systemPrefix}runtime_lifecycle:lease:${id}`;
  const walk = createLeaseWalk({ connections, keyspace });
  const memories = new Map<string, Memory>();

  async function readOne(
    id: string,
    { at, score, sqlPoolAt }: { at: number; score: number | null; sqlPoolAt: number | null },
  ): Promise<ForeignInstance | null> {
    const [payload, averages, lease] = await Promise.all([
      connections.call("GET", `${telemetry}${id}:payload`).catch(ofOtherType),
      connections.call("HMGET", `${monitor}${id}:averages`, ...SUM_FIELDS).catch(ofOtherType),
      connections.call("GET", leaseOf(id)).catch(ofOtherType),
    ]);
    const memory = remember(memories.get(id), { at, score, sums: Array.isArray(averages) ? toSums(averages) : null });
    memories.set(id, memory);
    const leaseUpdatedAt = toLeaseTime(lease);
    const heardAt = Math.min(at, Math.max(memory.movedAt ?? 0, leaseUpdatedAt ?? 0));
    if (at - heardAt > FORGET_MS && score === null) {
      memories.delete(id);
      walk.forget(id);
      return null;
    }
    return {
      kind: "foreign",
      id,
      state: stateOf(at, memory.movedAt, leaseUpdatedAt),
      heardAt,
      silentMs: at - heardAt,
      leaseUpdatedAt,
      sqlPoolAt,
      clockOffsetMs: memory.offsetMs,
      requestsPerSecond: toRequestRate(payload),
      figures: memory.figures,
    };
  }

  return {
    async read() {
      const [time, rows] = await Promise.all([
        connections.call("TIME") as Promise<[string, string]>,
        connections.call("ZRANGE", `${telemetry}instances`, 0, MAX_INSTANCES - 1, "WITHSCORES").catch(ofOtherType),
      ]);
      const at = Number(time[0]) * 1_000 + Math.floor(Number(time[1]) / 1_000);
      const scores = toScores(rows);
      await walk.step();
      const known = [...scores.keys(), ...memories.keys(), ...walk.leases].filter((id) => ID.test(id));
      const ids = [...new Set(known)].slice(0, MAX_INSTANCES);
      const poolTimes = await walk.poolTimes(ids);
      const found = await Promise.all(
        ids.map((id) => readOne(id, { at, score: scores.get(id) ?? null, sqlPoolAt: poolTimes.get(id) ?? null })),
      );
      return { at, instances: found.filter((instance) => instance !== null) };
    },
  };
}

function remember(
  before: Memory | undefined,
  { at, score, sums }: { at: number; score: number | null; sums: Sums | null },
): Memory {
  const moved = score !== null && before !== undefined && before.score !== null && before.score !== score;
  return {
    score: score ?? before?.score ?? null,
    movedAt: moved ? at : (before?.movedAt ?? score),
    offsetMs: moved ? offsetOf(score - at) : (before?.offsetMs ?? null),
    sums: sums ?? before?.sums ?? null,
    figures: currentOf(before?.sums ?? null, sums) ?? before?.figures ?? null,
  };
}

/** A score is up to 10 s old when it is seen: only beyond that its clock must be wrong. */
function offsetOf(differenceMs: number): number | null {
  return differenceMs > 1_000 || differenceMs < -GONE_MS ? differenceMs : null;
}

function stateOf(at: number, movedAt: number | null, leaseAt: number | null): ForeignInstance["state"] {
  const silentMs = at - (movedAt ?? 0);
  if (silentMs <= LATE_MS) return "live";
  if (silentMs <= GONE_MS) return "late";
  return movedAt === null && leaseAt !== null && at - leaseAt <= LEASE_GONE_MS ? "late" : "gone";
}

function toScores(rows: unknown): Map<string, number> {
  const flat = Array.isArray(rows) ? rows.flat().map(String) : [];
  const scores = new Map<string, number>();
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const [id = "", score] = [flat[index], Number(flat[index + 1])];
    if (ID.test(id) && Number.isFinite(score)) scores.set(id, score);
  }
  return scores;
}

function toLeaseTime(lease: unknown): number | null {
  const updatedAt = Date.parse(String(parse(lease)?.updatedAt));
  return Number.isFinite(updatedAt) ? updatedAt : null;
}

function toRequestRate(payload: unknown): number | null {
  const app = parse(payload)?.payload as { requests?: { rps?: unknown } } | undefined;
  const rate = app?.requests?.rps;
  return typeof rate === "number" && Number.isFinite(rate) ? rate : null;
}

function parse(text: unknown): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(String(text));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A key of another type than the wire says is nobody's telemetry. */
function ofOtherType(error: unknown): null {
  if (error instanceof Error && error.message.startsWith("WRONGTYPE")) return null;
  throw error;
}
