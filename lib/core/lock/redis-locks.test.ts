// Locks in Redis beside other programs, under the quota, and when Redis loses what it knew.

import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { startChaosProxy } from "../../testing/chaos-proxy.ts";
import { createForeignWriter } from "../../testing/foreign-writer.ts";
import { startCluster, startRedis, until, useRedis } from "../../testing/redis.ts";
import { expectExactBooks } from "../../testing/user-cache-books.ts";
import { type ClusterInstance, type ClusterOptions, createCluster } from "../cluster.ts";
import { LeaseExpired, OwnershipLost, QuotaExceeded, StoreUnavailable } from "../errors.ts";
import { createLockReader } from "./reader.ts";
import type { Lease } from "./types.ts";

const MINUTE = 60_000;
const redis = useRedis();
let opened: ClusterInstance[] = [];

afterEach(async () => {
  await Promise.all(opened.map((cluster) => cluster.close()));
  opened = [];
});

function join(options: Partial<ClusterOptions> = {}): ClusterInstance {
  const cluster = createCluster({ redis: redis.uri, nodeName: "prod", ...options });
  opened.push(cluster);
  return cluster;
}

async function take(cluster: ClusterInstance, key: string, ttlMs = MINUTE, more = {}): Promise<Lease> {
  const lease = await cluster.locks.acquire(key, { ttlMs, ...more });
  if (!lease) throw new Error(`${key} is held`);
  return lease;
}

describe("beside $cache and other programs", () => {
  it("excludes and is excluded, whoever took the lock", async () => {
    const one = join();
    const foreign = createForeignWriter({ redis: redis.connect(), nodeName: "prod" });
    const lease = await take(one, "job");
    expect(await redis.connect().get("prod:user_cache:job")).toBe(lease.token);
    expect(await one.cache.acquire("job", "me", MINUTE)).toBe(false);
    expect(await foreign.acquire("job", "them", MINUTE)).toBe(false);
    await lease.release();

    expect(await foreign.acquire("job", "them", MINUTE)).toBe(true);
    expect(await one.locks.acquire("job", { ttlMs: MINUTE })).toBeNull();
    expect(await one.locks.inspect("job")).toMatchObject({ held: true, value: "them", fence: null, isMarked: false });
    await foreign.release("job", "them");

    expect(await one.cache.acquire("job", "me", MINUTE)).toBe(true);
    expect(await one.locks.acquire("job", { ttlMs: MINUTE })).toBeNull();
    await one.cache.release("job", "me");
    expect(await foreign.release("job", "x")).toBe(false);
  });

  it.each(["a lock", "a wait", "$cache.acquire", "reconcile"] as const)(
    "frees by %s what another program's renewals keep of a dead holder, and nothing of a live one",
    async (way) => {
      const [dead, alive, admin] = [join(), join(), redis.connect()];
      const renewTtls = () =>
        Promise.all(["job", "kept"].map((key) => admin.pexpire(`prod:user_cache:${key}`, 30 * MINUTE)));
      await Promise.all([dead.connections.ready(), alive.connections.ready()]);
      const lost = await take(dead, "job", 600);
      const kept = await take(alive, "kept", 900, { renew: true });
      await until(async () => (await admin.zcard("prod:user_cache_meta:locks")) === 2);
      await renewTtls();
      expect(await alive.locks.acquire("job", { ttlMs: MINUTE })).toBeNull();
      await sleep(1_400);
      await renewTtls();

      if (way === "reconcile") await alive.cache.reconcile();
      if (way === "$cache.acquire") expect(await alive.cache.acquire("job", "me", MINUTE)).toBe(true);
      else {
        const next = await take(alive, "job", MINUTE, way === "a wait" ? { waitMs: 2_000 } : {});
        expect(next.fence).toBeGreaterThan(lost.fence);
        await next.release();
      }
      expect(await lost.release()).toBe(false);
      expect(await dead.locks.acquire("kept", { ttlMs: MINUTE })).toBeNull();
      expect(await dead.cache.acquire("kept", "me", MINUTE)).toBe(false);
      expect(kept.isValid).toBe(true);
      await kept.release();
      await expectExactBooks(admin, alive.keyspace);
    },
  );

  it("finds by asking that another program gave a lock back", async () => {
    const foreign = createForeignWriter({ redis: redis.connect(), nodeName: "prod" });
    await foreign.acquire("job", "them", MINUTE);
    const waiting = take(join(), "job", MINUTE, { waitMs: 10_000 });
    await sleep(400);
    const releasedAt = performance.now();
    await foreign.release("job", "them");
    await waiting;
    expect(performance.now() - releasedAt).toBeLessThan(1_000);
  });

  it("knows that its lock was taken away, and says so once", async () => {
    const losses: Error[] = [];
    const lease = await take(join(), "job", 3_000, { renew: true, onLost: (loss: Error) => losses.push(loss) });
    const { signal } = lease;
    await redis.connect().set("prod:user_cache:job", "them");
    await expect(lease.extend()).rejects.toBeInstanceOf(OwnershipLost);
    expect(signal.aborted).toBe(true);
    await sleep(1_200);
    expect(losses).toHaveLength(1);
    expect(await lease.release()).toBe(false);
    expect(await redis.connect().get("prod:user_cache:job")).toBe("them");
    await expect(join().locks.fencedSet(lease, "result", 1)).rejects.toBeInstanceOf(OwnershipLost);
  });

  it("works without NODE_NAME as well", async () => {
    const one = join({ nodeName: undefined });
    const lease = await take(one, "job");
    expect(await redis.connect().get("enfyra:user_cache:job")).toBe(lease.token);
    const waiting = take(one, "job", MINUTE, { waitMs: 10_000 });
    await until(async () => (await one.locks.inspect("job")).waiters.length === 1);
    await lease.release();
    await (await waiting).release();
    const { ran } = await one.locks.runOnce("bootstrap-script-execution", { version: "1" }, async (held) => {
      expect(await redis.connect().get("bootstrap-script-execution")).toBe(held.token);
    });
    expect(ran).toBe(true);
  });
});

describe("in the books", () => {
  it("counts and marks a lease that lasts, spares it from eviction, and forgets it with the lock", async () => {
    const one = join({ userCache: { limitMb: 2_000 / 1024 / 1024 } });
    const client = redis.connect();
    const lease = await take(one, "job", MINUTE);
    await until(async () => (await one.cache.usage()).locks === 1);
    expect((await one.cache.usage()).totalBytes).toBe(lease.token.length);
    for (let key = 0; key < 50; key++) await one.cache.set(`key:${key}`, "v".repeat(100), MINUTE);
    lease.assertValid();
    expect((await one.locks.inspect("job")).isMarked).toBe(true);
    await lease.extend(2 * MINUTE);
    await expectExactBooks(client, one.keyspace);
    await lease.release();
    const books = await expectExactBooks(client, one.keyspace);
    expect(books.locks).toEqual([]);
    expect(Object.keys(books.sizes)).not.toContain("prod:user_cache:job");
  });

  it("leaves no trace of short leases but a line in the log", async () => {
    const one = join();
    for (let round = 0; round < 20; round++) await (await take(one, "short")).release();
    const reader = createLockReader({ connections: one.connections, keyspace: one.keyspace });
    await until(async () => (await reader.history("prod:user_cache:short", 10)).length > 0);
    expect(await one.cache.usage()).toMatchObject({ totalBytes: 0, keys: 0, locks: 0 });
  });

  it("refuses further locks once held ones fill the quota", async () => {
    const one = join({ userCache: { limitMb: 150 / 1024 / 1024 } });
    const held = [await take(one, "a"), await take(one, "b"), await take(one, "c")];
    await until(async () => (await one.cache.usage()).locks === 3);
    await expect(one.locks.acquire("d", { ttlMs: MINUTE })).rejects.toBeInstanceOf(QuotaExceeded);
    await expect(one.cache.set("value", "x".repeat(100), MINUTE)).rejects.toBeInstanceOf(QuotaExceeded);
    await Promise.all(held.map((lease) => lease.release()));
    await (await take(one, "d")).release();
  });

  it("logs one holder after another, with how each ended", async () => {
    const [one, two] = [join(), join()];
    const reader = createLockReader({ connections: one.connections, keyspace: one.keyspace });
    const logged = async (count: number) => (await reader.history("prod:user_cache:job", 10)).length === count;
    const first = await take(one, "job", 300);
    await until(() => logged(1));
    const second = await take(two, "job", MINUTE, { waitMs: 5_000 });
    await until(() => logged(2));
    await second.release();
    const third = await take(one, "job");
    await until(() => logged(4));
    const { fingerprint } = await one.locks.inspect("job");
    const key = Buffer.from("prod:user_cache:job");
    expect(await reader.forceRelease(key, { fingerprint: "0".repeat(40), by: "ada" })).toBe("changed");
    expect(await reader.forceRelease(key, { fingerprint: fingerprint ?? "", by: "ada" })).toBe("freed");
    expect(await reader.forceRelease(key, { fingerprint: fingerprint ?? "", by: "ada" })).toBe("free");
    const events = (await reader.history("prod:user_cache:job", 10)).map(({ event, fence, detail }) => [
      event,
      fence,
      detail,
    ]);
    expect(events).toEqual([
      ["forced", third.fence, "ada"],
      ["acquired", third.fence, ""],
      ["released", second.fence, ""],
      ["acquired", second.fence, ""],
      ["acquired", first.fence, ""],
    ]);
  });
});

describe("when Redis fails", () => {
  it("gives larger fences after it lost everything", async () => {
    const server = await startRedis();
    try {
      const fences: number[] = [];
      const note = async () => {
        // Whoever takes the next one has seen none of the earlier ones.
        const cluster = createCluster({ redis: server.uri, nodeName: "prod" });
        await cluster.connections.ready(5_000);
        const lease = await take(cluster, "job", MINUTE);
        fences.push(lease.fence);
        await lease.release();
        await cluster.close();
      };
      for (let round = 0; round < 3; round++) {
        await note();
        await note();
        await server.connect().flushall();
        await note();
        await server.stop("SIGKILL");
        await server.start();
      }
      expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b));
      expect(fences).toHaveLength(9);
    } finally {
      await server.stop();
    }
  });

  it("gives larger fences than the caller has seen, should a new primary's clock be behind", async () => {
    const one = join();
    const client = redis.connect();
    const ahead = Date.now() * 1_000 + 3_600_000_000;
    await client.set("keydeck:prod:fence", ahead);
    const seen = await take(one, "job");
    expect(seen.fence).toBe(ahead + 1);
    await client.flushall();
    expect((await take(one, "job")).fence).toBe(ahead + 2);
  });

  it("loses its leases with the data, and says so when it next asks", async () => {
    const one = join();
    const lease = await take(one, "job");
    await redis.connect().flushall();
    lease.assertValid(); // nobody was asked
    await expect(one.locks.fencedSet(lease, "result", 1)).rejects.toBeInstanceOf(LeaseExpired);
    await expect(lease.extend()).rejects.toBeInstanceOf(OwnershipLost);
    expect(() => lease.assertValid()).toThrow(OwnershipLost);
  });

  it("keeps a lease through a short break, and ends it before its TTL in a long one", async () => {
    const proxy = await startChaosProxy(redis.port);
    try {
      const one = join({ redis: `redis://127.0.0.1:${proxy.port}`, timeouts: { commandMs: 300 } });
      const losses: string[] = [];
      const onLost = (loss: Error) => losses.push((loss as LeaseExpired).code);
      const lease = await take(one, "job", 3_000, { renew: true, onLost });
      proxy.freeze();
      await sleep(700);
      proxy.thaw();
      await sleep(2_800);
      lease.assertValid();
      expect(losses).toEqual([]);

      proxy.freeze();
      await until(() => losses.length > 0, 10_000);
      expect(losses).toEqual(["LEASE_EXPIRED"]);
      // Nobody else can have had it: Redis still holds it for us.
      expect(await redis.connect().get("prod:user_cache:job")).toBe(lease.token);
      await expect(one.locks.acquire("other", { ttlMs: MINUTE })).rejects.toBeInstanceOf(StoreUnavailable);
      proxy.thaw();
      await sleep(100);
      expect(losses).toHaveLength(1);
    } finally {
      await proxy.close();
    }
  });

  it("gives a lock back that was granted without the answer arriving", async () => {
    const proxy = await startChaosProxy(redis.port);
    try {
      const one = join({ redis: `redis://127.0.0.1:${proxy.port}`, timeouts: { commandMs: 200 } });
      await one.connections.ready(5_000);
      proxy.freeze("answers");
      await expect(one.locks.acquire("job", { ttlMs: MINUTE })).rejects.toBeInstanceOf(StoreUnavailable);
      expect(await redis.connect().exists("keydeck:prod:fence")).toBe(1); // it was granted
      await until(async () => (await redis.connect().exists("prod:user_cache:job")) === 0, 10_000);
    } finally {
      await proxy.close();
    }
  });

  it("goes on waiting while Redis restarts", async () => {
    const server = await startRedis();
    try {
      const one = join({ redis: server.uri });
      const two = join({ redis: server.uri });
      await take(one, "job", 60_000);
      const waiting = take(two, "job", MINUTE, { waitMs: 15_000 });
      await until(async () => (await one.locks.inspect("job")).waiters.length === 1);
      await server.stop("SIGKILL");
      await sleep(300);
      await server.start();
      await waiting;
    } finally {
      await Promise.all(opened.splice(0).map((cluster) => cluster.close()));
      await server.stop();
    }
  });
});

it("works on Redis Cluster, where the namespace carries a hash tag", async () => {
  const cluster = await startCluster();
  try {
    const [one, two] = ["{prod}", "{prod}"].map((nodeName) => join({ redis: cluster.uri, nodeName })) as [
      ClusterInstance,
      ClusterInstance,
    ];
    await Promise.all([one.connections.ready(15_000), two.connections.ready(15_000)]);
    const lease = await take(one, "job");
    const waiting = take(two, "job", MINUTE, { waitMs: 10_000 });
    await until(async () => (await one.locks.inspect("job")).waiters.length === 1);
    await lease.release();
    const next = await waiting;
    expect(next.fence).toBeGreaterThan(lease.fence);
    await two.locks.fencedSet(next, "result", "done");
    expect(await one.cache.get("result")).toBe("done");
    expect((await one.locks.runOnce("setup", { version: "1" }, () => "ran")).ran).toBe(true);
    expect((await two.locks.runOnce("setup", { version: "1" }, () => "ran")).ran).toBe(false);
    await next.release();
  } finally {
    await Promise.all(opened.splice(0).map((instance) => instance.close()));
    await cluster.stop();
  }
});
