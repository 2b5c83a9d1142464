// What every driver of locks promises, held against each of them.

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startRedis, type TestRedis, until } from "../../testing/redis.ts";
import {
  InvalidInput,
  KeyRequired,
  LeaseExpired,
  LockNotAcquired,
  OwnershipLost,
  StaleFence,
  TtlInvalid,
} from "../errors.ts";
import { createKeyspace } from "../keyspace.ts";
import { type Connections, createConnections } from "../redis/connections.ts";
import { createMemoryUserCache } from "../user-cache/memory-user-cache.ts";
import { createUserCache, type UserCache } from "../user-cache/user-cache.ts";
import { createMemoryLockSpace, createMemoryLocks, type MemoryLockSpace } from "./memory-locks.ts";
import { createLocks } from "./redis-locks.ts";
import type { Lease, Locks } from "./types.ts";

const keyspace = createKeyspace("conform");
const MINUTE = 60_000;
const ids = ["a".repeat(32), "b".repeat(32), "c".repeat(32)] as const;

interface Driver {
  start(): Promise<void>;
  stop(): Promise<void>;
  empty(): Promise<void>;
  /** One instance. */
  open(instanceId: string): Locks;
  cache(): UserCache;
}

function redisDriver(): Driver {
  let server: TestRedis;
  let connections: Connections;
  return {
    async start() {
      server = await startRedis();
      connections = createConnections({ uri: server.uri });
      await connections.ready();
    },
    async stop() {
      await connections.close();
      await server.stop();
    },
    empty: async () => void (await connections.call("FLUSHALL")),
    open: (instanceId) => createLocks({ connections, keyspace, instanceId, limitBytes: 0 }),
    cache: () => createUserCache({ store: connections, keyspace, limitBytes: 0 }),
  };
}

function memoryDriver(): Driver {
  let space: MemoryLockSpace;
  let cache: UserCache;
  return {
    start: async () => {},
    stop: async () => {},
    async empty() {
      space = createMemoryLockSpace();
      cache = createMemoryUserCache({ keyspace, limitBytes: 0 });
    },
    open: (instanceId) => createMemoryLocks({ space, instanceId, keyspace, cache }),
    cache: () => cache,
  };
}

describe.each([
  ["redis", redisDriver()],
  ["memory", memoryDriver()],
])("locks in %s", (_, driver) => {
  let opened: Locks[] = [];
  let one: Locks;
  let two: Locks;
  beforeAll(() => driver.start());
  beforeEach(async () => {
    await driver.empty();
    [one, two] = [open(0), open(1)];
  });
  afterEach(async () => {
    await Promise.all(opened.map((locks) => locks.close()));
    opened = [];
  });
  afterAll(() => driver.stop());

  function open(instance: 0 | 1 | 2): Locks {
    const locks = driver.open(ids[instance]);
    opened.push(locks);
    return locks;
  }

  async function take(
    locks: Locks,
    key = "job",
    options: Partial<Parameters<Locks["acquire"]>[1]> = {},
  ): Promise<Lease> {
    const lease = await locks.acquire(key, { ttlMs: MINUTE, ...options });
    if (!lease) throw new Error(`${key} is held`);
    return lease;
  }

  describe("acquire and release", () => {
    it("lets only one of ten claimants win", async () => {
      const tries = await Promise.all(
        Array.from({ length: 10 }, (_, index) => (index % 2 ? one : two).acquire("job", { ttlMs: MINUTE })),
      );
      expect(tries.filter((lease) => lease !== null)).toHaveLength(1);
    });

    it("gives the lock to the next after a release, and tells a late release that it is not ours", async () => {
      const first = await take(one);
      expect(await two.acquire("job", { ttlMs: MINUTE })).toBeNull();
      expect(await first.release()).toBe(true);
      const second = await take(two);
      expect(await first.release()).toBe(true); // the same answer again: nothing was asked
      expect(second.isValid).toBe(true);
      expect((await two.inspect("job")).held).toBe(true);
    });

    it("names holder, fence and time in what it shows", async () => {
      const lease = await take(one, "job", { ttlMs: 5_000 });
      const state = await two.inspect("job");
      expect(state).toMatchObject({ held: true, instanceId: ids[0], fence: lease.fence, value: lease.token });
      expect(state.ttlMs).toBeGreaterThan(4_000);
      expect(state.ttlMs).toBeLessThanOrEqual(5_000);
      expect(Math.abs((state.acquiredAt ?? 0) - state.at)).toBeLessThan(1_000);
      expect(one.held()).toMatchObject([{ key: "job", fence: lease.fence }]);
      await lease.release();
      expect(await two.inspect("job")).toMatchObject({ held: false, value: null, ttlMs: -2 });
      expect(one.held()).toEqual([]);
    });

    it("gives every lease a larger fence", async () => {
      let last = 0;
      for (let round = 0; round < 50; round++) {
        const lease = await take(round % 2 ? one : two, `job:${round % 3}`);
        expect(lease.fence).toBeGreaterThan(last);
        expect(Number.isSafeInteger(lease.fence)).toBe(true);
        last = lease.fence;
        await lease.release();
      }
    });

    it("refuses what can never be right", async () => {
      await expect(one.acquire("", { ttlMs: 1 })).rejects.toBeInstanceOf(KeyRequired);
      for (const ttlMs of [0, -1, 1.5, Number.NaN, "9" as unknown as number])
        await expect(one.acquire("job", { ttlMs })).rejects.toBeInstanceOf(TtlInvalid);
      await expect(one.acquire("job", { ttlMs: 1_000, waitMs: -1 })).rejects.toBeInstanceOf(InvalidInput);
      await expect((await take(one)).extend(0)).rejects.toBeInstanceOf(TtlInvalid);
    });
  });

  describe("a lease", () => {
    it("ends by itself and is refused before somebody else can have the lock", async () => {
      const losses: Error[] = [];
      const lease = await take(one, "job", { ttlMs: 200, onLost: (loss) => losses.push(loss) });
      const { signal } = lease;
      lease.assertValid();
      const next = await take(two, "job", { waitMs: 5_000 });
      expect(signal.aborted).toBe(true);
      expect(signal.reason).toBeInstanceOf(LeaseExpired);
      expect(lease.isValid).toBe(false);
      expect(lease.remainingMs).toBe(0);
      expect(() => lease.assertValid()).toThrow(LeaseExpired);
      await expect(lease.extend()).rejects.toBeInstanceOf(LeaseExpired);
      expect(await lease.release()).toBe(false);
      expect(losses).toHaveLength(1);
      expect(next.fence).toBeGreaterThan(lease.fence);
    });

    it("aborts while Redis still keeps the lock", async () => {
      const lease = await take(one, "job", { ttlMs: 1_000 });
      const aborted = new Promise<number>((resolve) =>
        lease.signal.addEventListener("abort", async () => resolve((await two.inspect("job")).fence ?? lease.fence)),
      );
      expect(await aborted).toBe(lease.fence);
    });

    it("is extended from now, and shortened, as it was asked to and never otherwise", async () => {
      const lease = await take(one, "job", { ttlMs: 10_000 });
      await lease.extend(2_000);
      expect((await one.inspect("job")).ttlMs).toBeLessThanOrEqual(2_000);
      await lease.extend(30_000);
      expect((await one.inspect("job")).ttlMs).toBeGreaterThan(29_000);
      expect(lease.remainingMs).toBeGreaterThan(28_000);
      await two.acquire("job", { ttlMs: MINUTE });
      await two.inspect("job");
      expect((await one.inspect("job")).ttlMs).toBeLessThanOrEqual(30_000);
    });

    it("renews itself while it is held, and not a moment longer", async () => {
      const lease = await take(one, "job", { ttlMs: 300, renew: true });
      await sleep(1_000);
      lease.assertValid();
      expect(await two.acquire("job", { ttlMs: MINUTE })).toBeNull();
      await lease.release();
      await sleep(200);
      expect((await two.inspect("job")).held).toBe(false);
    });

    it("ends when its time is over unless it was asked to renew", async () => {
      await take(one, "job", { ttlMs: 200 });
      const startedAt = performance.now();
      await take(two, "job", { waitMs: 5_000 });
      expect(performance.now() - startedAt).toBeLessThan(1_000);
    });

    it("is over after its release, without a loss", async () => {
      const losses: Error[] = [];
      const lease = await take(one, "job", { ttlMs: 400, onLost: (loss) => losses.push(loss) });
      const { signal } = lease;
      await lease.release();
      expect(() => lease.assertValid()).toThrow(OwnershipLost);
      await sleep(450);
      expect(losses).toEqual([]);
      expect(signal.aborted).toBe(false);
    });
  });

  describe("waiting", () => {
    it("gets the lock as soon as it is given back", async () => {
      const holder = await take(one);
      const waiting = take(two, "job", { waitMs: 10_000 });
      await until(async () => (await one.inspect("job")).waiters.length === 1);
      await sleep(300); // longer than the first pauses: only being told is quick now
      const releasedAt = performance.now();
      await holder.release();
      await waiting;
      expect(performance.now() - releasedAt).toBeLessThan(150);
    });

    it("serves those who wait in the order in which they came", async () => {
      const holder = await take(one);
      const order: number[] = [];
      const waiting: Promise<void>[] = [];
      for (let place = 0; place < 5; place++) {
        waiting.push(
          take(place % 2 ? one : two, "job", { waitMs: 10_000 }).then(async (lease) => {
            order.push(place);
            lease.assertValid();
            await lease.release();
          }),
        );
        await until(async () => (await one.inspect("job")).waiters.length === place + 1);
      }
      await holder.release();
      await Promise.all(waiting);
      expect(order).toEqual([0, 1, 2, 3, 4]);
    });

    it("shows who waits, and how often the lock was met held", async () => {
      await take(one);
      const waiting = two.acquire("job", { ttlMs: MINUTE, waitMs: 400 });
      await until(async () => (await one.inspect("job")).waiters.length === 1);
      expect((await one.inspect("job")).waiters).toMatchObject([{ instanceId: ids[1] }]);
      expect(await waiting).toBeNull();
      expect((await one.inspect("job")).waiters).toEqual([]);
      await two.acquire("job", { ttlMs: MINUTE });
      await until(async () => (await one.inspect("job")).contention === 2);
    });

    it("ends with the caller's signal, and leaves nothing behind", async () => {
      const holder = await take(one);
      const giveUp = new AbortController();
      const waiting = two.acquire("job", { ttlMs: MINUTE, waitMs: MINUTE, signal: giveUp.signal });
      await until(async () => (await one.inspect("job")).waiters.length === 1);
      giveUp.abort(new Error("enough"));
      await expect(waiting).rejects.toThrow("enough");
      await until(async () => (await one.inspect("job")).waiters.length === 0);
      await holder.release();
      await expect(two.acquire("job", { ttlMs: 1, signal: giveUp.signal })).rejects.toThrow("enough");
      expect((await one.inspect("job")).held).toBe(false);
    });

    it("never lets two in, however many come and go", async () => {
      let inside = 0;
      let most = 0;
      let served = 0;
      const three = open(2);
      const work = async (locks: Locks) => {
        for (let round = 0; round < 10; round++) {
          const lease = await take(locks, "hot", { waitMs: 20_000 });
          inside += 1;
          most = Math.max(most, inside);
          await sleep(Math.random() * 3);
          lease.assertValid();
          inside -= 1;
          served += 1;
          await lease.release();
        }
      };
      await Promise.all([one, two, three, one, two, three].map(work));
      expect([most, served]).toEqual([1, 60]);
    });
  });

  describe("run", () => {
    it("holds the lock while the work lasts, longer than the TTL if it must", async () => {
      const result = await one.run("job", { ttlMs: 200 }, async (lease) => {
        await sleep(600);
        expect(await two.acquire("job", { ttlMs: MINUTE })).toBeNull();
        return lease.fence;
      });
      expect(result).toBeGreaterThan(0);
      expect((await one.inspect("job")).held).toBe(false);
    });

    it("says 409 when the lock is held, and frees it when the work throws", async () => {
      const failing = one.run("job", { ttlMs: MINUTE }, async () => {
        const error = await two.run("job", { ttlMs: MINUTE }, () => "never").catch((error: unknown) => error);
        expect(error).toBeInstanceOf(LockNotAcquired);
        expect(error).toMatchObject({ code: "LOCK_NOT_ACQUIRED", status: 409 });
        throw new Error("broken");
      });
      await expect(failing).rejects.toThrow("broken");
      expect(await two.run("job", { ttlMs: MINUTE }, () => "done")).toBe("done");
    });
  });

  describe("runOnce", () => {
    it("runs each version once, whoever asks and however often", async () => {
      const runs: string[] = [];
      const script = (version: string) => async () => {
        runs.push(version);
        await sleep(50);
        return version;
      };
      const ask = (locks: Locks, version: string) =>
        locks.runOnce("bootstrap-script-execution", { version }, script(version));
      const results = await Promise.all([ask(one, "v1"), ask(two, "v1"), ask(open(2), "v1")]);
      expect(results.filter(({ ran }) => ran)).toEqual([{ ran: true, value: "v1" }]);
      expect(await ask(two, "v1")).toEqual({ ran: false, because: "done" });
      expect(await ask(two, "v2")).toEqual({ ran: true, value: "v2" });
      expect(runs).toEqual(["v1", "v2"]);
    });

    it("runs again after a failure, and skips at once when told not to wait", async () => {
      const failing = one.runOnce("setup", { version: "1" }, async () => {
        expect(await two.runOnce("setup", { version: "1", waitMs: 0 }, () => 1)).toEqual({
          ran: false,
          because: "held",
        });
        throw new Error("broken");
      });
      await expect(failing).rejects.toThrow("broken");
      expect(await two.runOnce("setup", { version: "1" }, () => 2)).toEqual({ ran: true, value: 2 });
    });

    it("refuses names and versions that are none", async () => {
      for (const name of ["", "a b", "*"])
        await expect(one.runOnce(name, { version: "1" }, () => 1)).rejects.toBeInstanceOf(InvalidInput);
      await expect(one.runOnce("a", { version: "" }, () => 1)).rejects.toBeInstanceOf(InvalidInput);
    });
  });

  describe("fencedSet", () => {
    it("writes for the holder, and for nobody who was succeeded", async () => {
      const cache = driver.cache();
      const first = await take(one, "job", { ttlMs: 100 });
      await one.fencedSet(first, "result", { by: "first" }, { ttlMs: MINUTE });
      expect(await cache.get("result")).toEqual({ by: "first" });
      const second = await take(two, "job", { waitMs: 5_000 });
      await expect(one.fencedSet(first, "result", 1)).rejects.toBeInstanceOf(StaleFence);
      await two.fencedSet(second, "result", "123");
      await second.release();
      await expect(one.fencedSet(first, "result", 1)).rejects.toBeInstanceOf(StaleFence);
      await expect(two.fencedSet(second, "result", 1)).rejects.toBeInstanceOf(LeaseExpired);
      expect(await cache.get("result")).toBe("123");
    });

    it("refuses to overwrite the lock itself, and TTLs that are none", async () => {
      const lease = await take(one);
      await expect(one.fencedSet(lease, "job", 1)).rejects.toBeInstanceOf(InvalidInput);
      await expect(one.fencedSet(lease, "other", 1, { ttlMs: 0 })).rejects.toBeInstanceOf(TtlInvalid);
    });
  });

  it("gives everything back when it closes", async () => {
    const lease = await take(one, "job", { renew: true });
    const waiting = two.acquire("job", { ttlMs: MINUTE, waitMs: MINUTE });
    await until(async () => (await one.inspect("job")).waiters.length === 1);
    const waitersEnd = expect(waiting).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await two.close();
    await waitersEnd;
    await one.close();
    expect(lease.isValid).toBe(false);
    expect((await open(2).inspect("job")).held).toBe(false);
    await expect(one.acquire("job", { ttlMs: 1 })).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });
});
