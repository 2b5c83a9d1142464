// Holders that are stopped, killed or cut off while they hold a lock, as processes of their own; and a failover.

import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { startSentinel, until, useRedis } from "../../testing/redis.ts";
import { type ClusterInstance, createCluster } from "../cluster.ts";
import { StaleFence } from "../errors.ts";

const worker = fileURLToPath(new URL("../../testing/lock-worker.ts", import.meta.url));
const MINUTE = 60_000;
const redis = useRedis();

let children: ChildProcess[] = [];
let opened: ClusterInstance[] = [];
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(opened.map((cluster) => cluster.close()));
  children = [];
  opened = [];
});

interface Said {
  readonly instanceId?: string;
  readonly fence?: number;
  readonly lost?: string;
  readonly first?: string;
  readonly written?: string;
  readonly extended?: string;
}

/** A process that holds `lock`; everything it says. */
async function hold(lock: string, ttlMs: number): Promise<{ child: ChildProcess; said: Said[] }> {
  const child = spawn(process.execPath, ["--import", "tsx", worker, redis.uri, "prod", lock, String(ttlMs)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const said: Said[] = [];
  let rest = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) said.push(JSON.parse(line) as Said);
  });
  await until(() => said.length > 0);
  return { child, said };
}

function join(uri = redis.uri): ClusterInstance {
  const cluster = createCluster({ redis: uri, nodeName: "prod" });
  opened.push(cluster);
  return cluster;
}

it("refuses the first act of a holder that was stopped too long, and tells it once", async () => {
  const one = join();
  const { child, said } = await hold("job", 700);
  child.kill("SIGSTOP");
  const lease = await one.locks.acquire("job", { ttlMs: MINUTE, waitMs: 10_000 });
  if (!lease) throw new Error("never freed");
  await one.locks.fencedSet(lease, "job:result", lease.fence);

  // Both wait for it when it wakes: the order to act, and its own timers.
  child.kill("SIGUSR2");
  child.kill("SIGCONT");
  await until(() => said.some(({ first }) => first !== undefined));
  await sleep(300);
  expect(said.find(({ first }) => first !== undefined)).toEqual({
    first: "LEASE_EXPIRED",
    written: "STALE_FENCE",
    extended: "LEASE_EXPIRED",
  });
  expect(said.filter(({ lost }) => lost !== undefined)).toEqual([{ lost: "LEASE_EXPIRED" }]);
  expect(await one.cache.get("job:result")).toBe(lease.fence);
  expect((await one.locks.inspect("job")).fence).toBe(lease.fence);
  expect(lease.fence).toBeGreaterThan(said[0]?.fence ?? Number.NaN);
});

it("frees the lock of a holder that was killed within its TTL, for whoever waits", async () => {
  const one = join();
  const { child } = await hold("job", 1_000);
  const startedAt = performance.now();
  child.kill("SIGKILL");
  const lease = await one.locks.acquire("job", { ttlMs: MINUTE, waitMs: 10_000 });
  expect(lease?.isValid).toBe(true);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

it("passes over those in line who died", async () => {
  const one = join();
  const two = join();
  const lease = await one.locks.acquire("job", { ttlMs: MINUTE });
  const dying = createCluster({ redis: redis.uri, nodeName: "prod" });
  const inLine = dying.locks.acquire("job", { ttlMs: MINUTE, waitMs: MINUTE }).catch(() => null);
  await until(async () => (await one.locks.inspect("job")).waiters.length === 1);
  const waiting = two.locks.acquire("job", { ttlMs: MINUTE, waitMs: MINUTE });
  await until(async () => (await one.locks.inspect("job")).waiters.length === 2);
  await dying.connections.close(); // as a crash does: without leaving the line
  const ear = dying.keyspace.own("lock", "wake", dying.instanceId);
  await until(async () => Number((await redis.connect().pubsub("NUMSUB", ear))[1]) === 0);
  const releasedAt = performance.now();
  await lease?.release();
  expect((await waiting)?.isValid).toBe(true);
  expect(performance.now() - releasedAt).toBeLessThan(1_000);
  void inLine;
});

it("runs a bootstrap script again after whoever ran it died", async () => {
  const one = join();
  const key = one.keyspace.systemLock("bootstrap-script-execution");
  // A server of the other kind that died: its instance id is the value.
  await redis.connect().set(key, "f".repeat(32), "PX", 800, "NX");
  const skipped = await one.locks.runOnce("bootstrap-script-execution", { version: "7", waitMs: 0 }, () => "ran");
  expect(skipped).toEqual({ ran: false, because: "held" });
  const result = await one.locks.runOnce("bootstrap-script-execution", { version: "7" }, () => "ran");
  expect(result).toEqual({ ran: true, value: "ran" });
  expect(await redis.connect().exists(key)).toBe(0);
});

describe("behind Sentinel", () => {
  it("gives larger fences after a failover that lost the last writes, and one holder's writes count", async () => {
    const cluster = await startSentinel();
    try {
      const one = join(cluster.uri);
      const two = join(cluster.uri);
      await one.connections.ready(15_000);
      const before = await one.locks.acquire("job", { ttlMs: 2_000 });
      if (!before) throw new Error("held");
      await one.locks.fencedSet(before, "result", "before");
      // What is written from now on never reaches the replica.
      const replica = cluster.replica.connect();
      await until(async () => (await replica.get("prod:user_cache:result")) !== null);
      await replica.call("REPLICAOF", "127.0.0.1", "1");
      const lost = await two.locks.acquire("other", { ttlMs: MINUTE });
      await replica.call("REPLICAOF", "127.0.0.1", String(cluster.master.port));
      await cluster.master.stop("SIGKILL");

      const after = await acquireOnceBack(two, "job");
      expect(after.fence).toBeGreaterThan(Math.max(before.fence, lost?.fence ?? 0));
      await two.locks.fencedSet(after, "result", "after");
      await one.connections.ready(15_000);
      await expect(one.locks.fencedSet(before, "result", "late")).rejects.toBeInstanceOf(StaleFence);
      expect(await two.cache.get("result")).toBe("after");
    } finally {
      await Promise.all(opened.splice(0).map((instance) => instance.close()));
      await cluster.stop();
    }
  }, 60_000);
});

/** Takes a lock as soon as there is a Redis to ask. */
async function acquireOnceBack(cluster: ClusterInstance, key: string) {
  for (let tries = 0; tries < 200; tries++) {
    const lease = await cluster.locks.acquire(key, { ttlMs: MINUTE, waitMs: 5_000 }).catch(() => null);
    if (lease) return lease;
    await sleep(100);
  }
  throw new Error("Redis never came back");
}
