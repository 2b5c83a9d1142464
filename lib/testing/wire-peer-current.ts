// A program on the same Redis that behaves as the current Enfyra server does on the wire: one channel with a payload, a
// lease, telemetry every two seconds, and a renewer that puts half an hour on every key of the namespace that it knows,
// whatever TTL that had. Facts were observed on live servers; none of its code is here. Do not improve it.

import { randomBytes } from "node:crypto";
import type { Redis } from "ioredis";
import { createForeignWriter } from "./foreign-writer.ts";

/** Its one base channel. */
export const CURRENT_CHANNEL = "enfyra:cache-orchestrator-sync";
const LIFECYCLE_TTL_MS = 1_800_000;
const TELEMETRY_MS = 2_000;
/** What the renewer matches, after `NODE:`. */
const RENEWED = [
  "runtime_lifecycle:*",
  "runtime_cache:*",
  "runtime-monitor:*",
  "cluster-telemetry:*",
  "user_cache:*",
  "user_cache_meta:*",
  "rl:*",
  "socket.io:*",
  "coord:sql:*",
  "sys_*",
];
/** Tables it reloads something for. */
const KNOWN_TABLE = /^(?:__admin_reload_all|enfyra_[a-z_]+)$/;

/** A signal it acted upon. */
export interface CurrentSignal {
  readonly instanceId: string;
  readonly table: string;
  readonly scope: string;
}

export interface CurrentPeerOptions {
  readonly redis: Redis;
  readonly subscriber: Redis;
  readonly nodeName: string;
  /** The real one renews each 20 s. @default 20 000 */
  readonly renewMs?: number;
  readonly onSignal?: (signal: CurrentSignal) => void;
  /** Told of each message that makes the real one fail. */
  readonly onMisunderstood?: (message: string) => void;
  /** Told which keys are about to be given half an hour. */
  readonly onRenewed?: (keys: string[]) => void;
}

export type CurrentPeer = ReturnType<typeof createCurrentPeer>;

export function createCurrentPeer(options: CurrentPeerOptions) {
  const { redis, subscriber, nodeName, renewMs = 20_000 } = options;
  const { onSignal = () => {}, onMisunderstood = () => {}, onRenewed = () => {} } = options;
  const instanceId = randomBytes(16).toString("hex");
  const channel = `${CURRENT_CHANNEL}:${nodeName}`;
  const lease = `${nodeName}:runtime_lifecycle:lease:${instanceId}`;
  const telemetry = `${nodeName}:cluster-telemetry:runtime-monitor:app`;
  const remembered = new Set<string>();
  const timers: NodeJS.Timeout[] = [];

  function receive(text: string): void {
    try {
      const message = JSON.parse(text);
      if (message.instanceId === instanceId) return;
      if (isRepeated(message)) return;
      // The real one fails here on a message without payload; so does this one.
      const { table, scope = "full" } = message.payload;
      if (typeof message.instanceId !== "string") throw new TypeError("no instance id");
      if (!KNOWN_TABLE.test(table)) return;
      onSignal({ instanceId: message.instanceId, table, scope });
      void recordReload(table, scope).catch(() => {});
    } catch {
      onMisunderstood(text);
    }
  }

  function isRepeated({ instanceId: from, timestamp, payload }: SignalHead): boolean {
    const scope = payload?.scope === "partial" ? `partial:${payload.ids?.join(",")}` : "full:all";
    const name = `${from}:${timestamp}:${payload?.table}:${scope}`;
    if (remembered.has(name)) return true;
    remembered.add(name);
    if (remembered.size > 1_000) remembered.delete(remembered.values().next().value ?? "");
    return false;
  }

  async function recordReload(table: string, scope: string): Promise<void> {
    const list = `${nodeName}:runtime-monitor:cache-reloads`;
    const at = new Date().toISOString();
    const entry = { reloadId: `${instanceId}:${table}:${Date.now()}:1`, flow: table, table, scope, status: "done" };
    const text = JSON.stringify({ ...entry, durationMs: 5, steps: [], startedAt: at, completedAt: at, instanceId });
    await redis.multi().lpush(list, text).ltrim(list, 0, 19).pexpire(list, 3_600_000).exec();
  }

  async function reportTelemetry(): Promise<void> {
    const at = Date.now();
    const payload = { instanceId, sampledAt: new Date(at).toISOString(), payload: { app: {} } };
    const averages = `${nodeName}:runtime-monitor:${instanceId}:averages`;
    await redis
      .multi()
      .zadd(`${telemetry}:instances`, at, instanceId)
      .zremrangebyscore(`${telemetry}:instances`, 0, at - 10_000)
      .pexpire(`${telemetry}:instances`, 10_000)
      .set(`${telemetry}:${instanceId}:payload`, JSON.stringify(payload), "PX", 10_000)
      .hincrby(averages, "samples", 1)
      .hincrbyfloat(averages, "total:rssMb", 180)
      .hincrbyfloat(averages, "total:eventLoopLagMs", 3)
      .pexpire(averages, 20_000)
      .exec();
  }

  async function renewLease(): Promise<void> {
    const text = JSON.stringify({ namespace: nodeName, instanceId, updatedAt: new Date().toISOString() });
    await redis.set(lease, text, "PX", 60_000);
  }

  async function renew(): Promise<void> {
    await renewLease();
    for (const pattern of RENEWED) {
      let cursor = "0";
      do {
        const [next, keys] = await redis.scan(cursor, "MATCH", `${nodeName}:${pattern}`, "COUNT", 250);
        if (keys.length > 0) onRenewed(keys);
        await Promise.all(keys.map((key) => redis.pexpire(key, LIFECYCLE_TTL_MS)));
        cursor = next;
      } while (cursor !== "0");
    }
  }

  /** Redis may be away: the real one logs and goes on. */
  function every(ms: number, work: () => Promise<void>): void {
    timers.push(setInterval(() => void work().catch(() => {}), ms));
  }

  return {
    instanceId,
    cache: createForeignWriter({ redis, nodeName }),
    async start(): Promise<void> {
      subscriber.on("message", (_, text) => receive(text));
      await subscriber.subscribe(channel);
      await Promise.all([renewLease(), reportTelemetry()]);
      every(TELEMETRY_MS, reportTelemetry);
      every(renewMs, renew);
    },
    /** Sends what a write of `table` sends. @returns receivers at the node asked */
    reload(table: string, scope: "full" | "partial" = "full", ids?: (string | number)[]): Promise<number> {
      const at = Date.now();
      const payload = { table, action: "reload", timestamp: at, scope, ...(ids ? { ids } : {}) };
      return redis.publish(channel, JSON.stringify({ instanceId, type: "RELOAD_SIGNAL", timestamp: at, payload }));
    },
    renew,
    /** A clean stop, which leaves its telemetry behind as the real one does. */
    async stop(): Promise<void> {
      for (const timer of timers.splice(0)) clearInterval(timer);
      await redis.del(lease).catch(() => {});
    },
  };
}

interface SignalHead {
  instanceId?: unknown;
  timestamp?: unknown;
  payload?: { table?: unknown; scope?: unknown; ids?: unknown[] };
}
