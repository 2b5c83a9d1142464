// What the quota promises: never above the limit, expired values first, held locks never, no long script.

import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { useRedis } from "../../testing/redis.ts";
import { scriptTimes } from "../../testing/script-times.ts";
import { expectExactBooks, readBooks } from "../../testing/user-cache-books.ts";
import { createKeyspace } from "../keyspace.ts";
import { createUserCache } from "./user-cache.ts";

const run = promisify(execFile);
const WORKER = fileURLToPath(new URL("../../testing/user-cache-worker.ts", import.meta.url));
const MINUTE = 60_000;
const keyspace = createKeyspace("prod");
const meta = keyspace.userCacheMeta;
const ten = "x".repeat(10);

describe("user cache quota", () => {
  const redis = useRedis();
  function open(limitBytes: number | null) {
    const client = redis.connect();
    return { client, cache: createUserCache({ store: client, keyspace, limitBytes }) };
  }

  /** Writes many tracked keys at once, as our writers would leave them. */
  async function fill(count: number, bytes: number, expiresAt = Date.now() + MINUTE): Promise<void> {
    const client = redis.connect();
    for (let from = 0; from < count; from += 5_000) {
      const pipeline = client.pipeline();
      for (let index = from; index < Math.min(count, from + 5_000); index++) {
        const name = keyspace.userCache(`fill:${index}`);
        pipeline.call("SET", name, "x".repeat(bytes), "PXAT", expiresAt);
        pipeline.hset(meta.sizes, name, bytes).zadd(meta.lru, index, name).zadd(meta.exp, expiresAt, name);
      }
      await pipeline.exec();
    }
    await client.incrby(meta.total, count * bytes);
  }

  it("holds among four processes and 10,000 mixed operations: no drift, no orphan, never above the limit", async () => {
    const limitBytes = 20_000;
    const client = redis.connect();
    const workers = [1, 2, 3, 4].map((seed) =>
      run(process.execPath, ["--import", "tsx", WORKER, redis.uri, "prod", `${limitBytes}`, "2500", `${seed}`]),
    );
    let running = true;
    const done = Promise.all(workers).finally(() => {
      running = false;
    });
    const totals: number[] = [];
    while (running) totals.push(Number((await client.get(meta.total)) ?? 0));
    await done;

    expect(Math.max(...totals)).toBeLessThanOrEqual(limitBytes);
    expect(Math.max(...totals)).toBeGreaterThan(limitBytes * 0.9);
    expect(Math.min(...totals)).toBeGreaterThanOrEqual(0);
    const books = await readBooks(client, keyspace);
    expect(books.totalBytes).toBe(books.countedBytes);

    // What is counted though it expired leaves with ordinary writes; the books are exact then, with nothing reconciled.
    await sleep(80);
    const { cache } = open(limitBytes);
    while ((await cache.usage()).ghosts > 0) await cache.set("last", 1, MINUTE);
    await expectExactBooks(client, keyspace);
    expect(await cache.reconcile()).toMatchObject({ driftBytes: 0, orphans: 0, adopted: 0 });
  }, 30_000);

  it("evicts nobody live while an expired value is counted, however many there are", async () => {
    const { client, cache } = open(20_000);
    for (let index = 0; index < 100; index++) await cache.set(`live:${index}`, "x".repeat(100), MINUTE);
    await fill(1_000, 10, Date.now() + 50);
    await sleep(70);
    await cache.set("big", "x".repeat(9_500), MINUTE);
    const books = await expectExactBooks(client, keyspace);
    expect(Object.keys(books.real).filter((name) => name.includes("live:"))).toHaveLength(100);
    expect(books.totalBytes).toBe(19_500);
  });

  it("spares a value that another writer gave more time", async () => {
    const { client, cache } = open(30);
    await cache.set("renewed", ten, 20);
    await client.pexpire(keyspace.userCache("renewed"), 1_800_000);
    await sleep(40);
    await cache.set("a", ten, MINUTE);
    await cache.get("renewed");
    for (const key of ["b", "c"]) await cache.set(key, ten, MINUTE);
    expect(await cache.get("renewed")).toBe(ten);
    expect(await cache.get("a")).toBeNull();
    await expectExactBooks(client, keyspace);
  });

  it("evicts 100,000 keys for one value without a script call over 5 ms", async () => {
    const { client } = open(null);
    const times = await scriptTimes(
      client,
      async (store) => {
        const cache = createUserCache({ store, keyspace, limitBytes: 10_000_000 });
        await cache.set("big", "x".repeat(10_000_000), MINUTE);
        expect(await cache.usage()).toMatchObject({ keys: 1, totalBytes: 10_000_000 });
      },
      {
        goodMs: 5,
        before: async () => {
          await client.flushall();
          await fill(100_000, 100);
        },
      },
    );
    expect(times.length).toBeGreaterThan(1_000);
    expect(Math.max(...times)).toBeLessThanOrEqual(5);
    expect(await client.dbsize()).toBe(5);
  }, 180_000);

  it("refuses what cannot fit beside held locks before anybody is evicted, however many calls it would take", async () => {
    const { client, cache } = open(20_000);
    await fill(1_000, 10);
    await cache.acquire("lock", "x".repeat(9_000), MINUTE);
    await expect(cache.set("big", "x".repeat(11_001), MINUTE)).rejects.toMatchObject({ code: "QUOTA_EXCEEDED" });
    expect(await cache.usage()).toMatchObject({ keys: 1_001, totalBytes: 19_000 });
    await cache.set("big", "x".repeat(11_000), MINUTE);
    expect(await cache.exists("lock", "x".repeat(9_000))).toBe(true);
    await expectExactBooks(client, keyspace);
  });

  it("finds victims behind hundreds of held locks", async () => {
    const { client, cache } = open(4_000);
    for (let index = 0; index < 350; index++) await cache.acquire(`lock:${index}`, ten, MINUTE);
    await sleep(5);
    await cache.set("victim", "x".repeat(500), MINUTE);
    await cache.set("new", "x".repeat(490), MINUTE);
    expect(await cache.get("victim")).toBeNull();
    expect(await cache.usage()).toMatchObject({ keys: 351, totalBytes: 3_990 });
    await expectExactBooks(client, keyspace);
  });

  it("forgets locks whose keys another writer removed", async () => {
    const { client, cache } = open(1_000);
    for (let index = 0; index < 10; index++) await cache.acquire(`lock:${index}`, "x".repeat(100), MINUTE);
    for (let index = 0; index < 10; index++) await client.del(keyspace.userCache(`lock:${index}`));
    await cache.set("big", "x".repeat(1_000), MINUTE);
    await expectExactBooks(client, keyspace);
  });

  it("evicts nothing that is no user key, whatever stands in the books", async () => {
    const { client, cache } = open(20);
    await client.set("prod:runtime_cache:x", "snapshot");
    await client.zadd(meta.lru, 0, "prod:runtime_cache:x");
    await client.hset(meta.sizes, "prod:runtime_cache:x", 20);
    await client.set(meta.total, 20);
    await client.set(keyspace.userCache("uncounted"), ten);
    await client.zadd(meta.lru, 1, keyspace.userCache("uncounted"));
    await cache.set("new", ten, MINUTE);
    expect(await client.get("prod:runtime_cache:x")).toBe("snapshot");
    expect(await client.get(keyspace.userCache("uncounted"))).toBe(ten);
    expect(await cache.get("new")).toBe(ten);
  });

  describe("with books that another writer spoilt", () => {
    it("is not bricked by a total far above the limit", async () => {
      const { client, cache } = open(100);
      await client.set(meta.total, 99_999_195);
      await cache.set("a", ten, MINUTE);
      expect(await cache.usage()).toMatchObject({ totalBytes: 10, keys: 1 });
      await client.set(meta.total, 99_999_195);
      await cache.set("b", ten, MINUTE);
      expect(await cache.get("a")).toBe(ten);
      await expectExactBooks(client, keyspace);
    });

    it("evicts nobody for bytes that nobody uses", async () => {
      const { client, cache } = open(100);
      await cache.set("a", ten, MINUTE);
      await client.set(meta.total, 100);
      await cache.set("b", "x".repeat(30), MINUTE);
      expect(await cache.get("a")).toBe(ten);
      await expectExactBooks(client, keyspace);
    });

    it.each(["text", "12.5", "nan", "1e99", "-7"])("is not bricked by the total %s", async (total) => {
      const { client, cache } = open(100);
      for (let index = 0; index < 9; index++) await cache.set(`key:${index}`, ten, MINUTE);
      await client.set(meta.total, total);
      for (let index = 0; index < 9; index++) await cache.set(`other:${index}`, ten, MINUTE);
      await cache.reconcile();
      await expectExactBooks(client, keyspace);
    });

    it("terminates on an lru of ghosts, and on a lost lru", async () => {
      const { client, cache } = open(1_000);
      for (let index = 0; index < 300; index++)
        await client.zadd(meta.lru, index, keyspace.userCache(`ghost:${index}`));
      await client.set(meta.total, 5_000);
      await cache.set("a", ten, MINUTE);
      await fill(99, 10);
      await client.del(meta.lru);
      await cache.set("big", "x".repeat(500), MINUTE);
      await cache.reconcile();
      const books = await expectExactBooks(client, keyspace);
      expect(books.totalBytes).toBeLessThanOrEqual(1_000);
    });
  });

  it("holds after every operation of any sequence", async () => {
    const { client, cache } = open(100);
    const key = fc.constantFrom("a", "b", "c", "d", "e");
    const value = fc.string({ maxLength: 40 });
    const ttlMs = fc.constantFrom(1, 5, MINUTE);
    const operation = fc.oneof(
      fc.record({ do: fc.constant("set" as const), key, value, ttlMs }),
      fc.record({ do: fc.constant("keep" as const), key, value, ttlMs }),
      fc.record({ do: fc.constant("acquire" as const), key, value, ttlMs }),
      fc.record({ do: fc.constant("release" as const), key, value, ttlMs }),
      fc.record({ do: fc.constant("delete" as const), key, value, ttlMs }),
      fc.record({ do: fc.constant("get" as const), key, value, ttlMs }),
      fc.record({ do: fc.constant("wait" as const), key, value, ttlMs }),
    );
    const act = {
      set: cache.set,
      keep: cache.setNoExpire,
      acquire: cache.acquire,
      release: cache.release,
      delete: cache.deleteKey,
      get: cache.get,
      wait: () => sleep(3),
    };
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async (operations) => {
        await client.flushall();
        for (const { do: what, key: on, value: text, ttlMs: ms } of operations) {
          await act[what](on, text, ms).catch((error: { code?: string }) => expect(error.code).toBe("QUOTA_EXCEEDED"));
          const books = await readBooks(client, keyspace);
          expect(books.totalBytes).toBe(books.countedBytes);
          expect(books.totalBytes).toBeLessThanOrEqual(100);
          expect(books.lru.sort()).toEqual(Object.keys(books.sizes).sort());
          for (const [name, bytes] of Object.entries(books.real)) expect(books.sizes[name]).toBe(bytes);
        }
        await sleep(6);
        while ((await cache.usage()).ghosts > 0) await cache.set("f", "", MINUTE);
        await expectExactBooks(client, keyspace);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
