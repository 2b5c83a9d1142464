// Reconcile beside foreign writers, spoilt books, and our own writers who do not stop for it.

import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createForeignWriter } from "../../testing/foreign-writer.ts";
import { useRedis } from "../../testing/redis.ts";
import { scriptTimes } from "../../testing/script-times.ts";
import { expectExactBooks, readBooks } from "../../testing/user-cache-books.ts";
import { createKeyspace } from "../keyspace.ts";
import type { ReconcileProgress } from "./reconcile.ts";
import { createUserCache } from "./user-cache.ts";

const MINUTE = 60_000;
const keyspace = createKeyspace("prod");
const meta = keyspace.userCacheMeta;
const name = (key: string) => keyspace.userCache(key);

describe("user cache reconcile", () => {
  const redis = useRedis();
  function open(limitBytes: number | null = null) {
    const client = redis.connect();
    return {
      client,
      cache: createUserCache({ store: client, keyspace, limitBytes }),
      foreign: createForeignWriter({ redis: redis.connect(), nodeName: "prod", limitBytes: limitBytes ?? 0 }),
    };
  }

  it("finds nothing to do in books of our own", async () => {
    const { client, cache } = open();
    for (let index = 0; index < 500; index++) await cache.set(`key:${index}`, index, MINUTE);
    expect(await cache.reconcile()).toMatchObject({ examined: 500, driftBytes: 0, orphans: 0, adopted: 0 });
    await expectExactBooks(client, keyspace);
    expect(await client.exists(keyspace.own("reconcile"))).toBe(0);
  });

  it("repairs what foreign writers left after racing each other and us", async () => {
    const limitBytes = 20_000;
    const { client, cache, foreign } = open(limitBytes);
    const others = [open(limitBytes).foreign, open(limitBytes).foreign];
    let seed = 7;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const writers = [cache, foreign, ...others];
    await Promise.all(
      writers.map(async (writer) => {
        for (let done = 0; done < 400; done++) {
          const key = `key:${random(60)}`;
          const what = random(6);
          if (what === 0) await writer.deleteKey(key);
          else if (what === 1) await writer.acquire(key, "me", 1 + random(50));
          else if (what === 2) await writer.release(key, "me");
          else await writer.set(key, "x".repeat(random(900)), random(2) ? 1 + random(40) : MINUTE);
        }
      }),
    );
    await foreign.set("same", 1, MINUTE);
    await Promise.all(Array.from({ length: 50 }, () => foreign.set("one key", "0123456789", MINUTE)));
    await sleep(60);

    const before = await readBooks(client, keyspace);
    const result = await cache.reconcile();
    expect(result.driftBytes).toBe(before.totalBytes - before.realBytes);
    expect(result.driftBytes).not.toBe(0);
    const books = await expectExactBooks(client, keyspace);
    expect(await cache.reconcile()).toMatchObject({ driftBytes: 0, orphans: 0, adopted: 0 });

    // And the quota holds again from here on.
    await cache.set("next", "x".repeat(900), MINUTE);
    expect((await cache.usage()).totalBytes).toBeLessThanOrEqual(limitBytes);
    expect(books.totalBytes).toBe(books.realBytes);
  });

  it("evicts nobody live beside foreign ghosts once they are reconciled", async () => {
    const { cache, foreign } = open(1_000);
    for (let index = 0; index < 5; index++) await cache.set(`live:${index}`, "x".repeat(100), MINUTE);
    for (let index = 0; index < 4; index++) await foreign.set(`theirs:${index}`, "x".repeat(100), 1_000);
    await cache.reconcile(); // learns their expiries
    await sleep(1_050);
    await cache.set("big", "x".repeat(500), MINUTE);
    for (let index = 0; index < 5; index++) expect(await cache.get(`live:${index}`)).not.toBeNull();
    expect(await cache.usage()).toMatchObject({ totalBytes: 1_000, keys: 6 });
  });

  it("adopts keys nobody counted, at the place their idleness earns them, and leaves other types alone", async () => {
    const { client, cache } = open();
    const binary = Buffer.from("prod:user_cache:\xff\x00\n", "latin1");
    await client.set(name("plain"), "12345", "PX", MINUTE);
    await client.set(binary, "123");
    await client.hset(name("hash"), "field", "value");
    await client.zadd(meta.lru, 1, name("hash"));
    await client.hset(meta.sizes, name("hash"), 77);
    await client.set(meta.total, 77);
    expect(await cache.reconcile()).toMatchObject({ examined: 3, orphans: 1, adopted: 2, driftBytes: 77 - 8 });
    expect(await client.get(meta.total)).toBe("8");
    expect(await client.call("HGET", meta.sizes, binary)).toBe("3");
    expect(Number(await client.zscore(meta.lru, name("plain")))).toBeGreaterThan(Date.now() - 2_000);
    expect(Number(await client.zscore(meta.exp, name("plain")))).toBeGreaterThan(Date.now());
    expect(await client.hget(name("hash"), "field")).toBe("value");
  });

  it("brings books that are lost or nonsense back to the truth", async () => {
    const { client, cache } = open();
    for (let index = 0; index < 300; index++) await cache.set(`key:${index}`, "x".repeat(index), MINUTE);
    const { sizes, lru, exp, locks, total } = meta;
    const spoil: (() => Promise<unknown>)[] = [
      () => client.del(lru),
      () => client.del(sizes),
      () => client.del(total),
      () => client.del(exp),
      () => client.del(sizes, lru, exp, total),
      () => client.set(total, -999),
      () => client.set(total, "text"),
      () => client.hset(sizes, name("key:7"), "text", name("key:8"), 1e6, name("gone"), 44),
      () => client.zadd(lru, 1, name("gone"), 2, "prod:runtime_cache:x", 3, ""),
      () => client.zadd(exp, 1, name("key:9"), 2, name("gone")),
      () => client.zadd(locks, 1, name("gone")),
    ];
    for (const one of spoil) {
      await one();
      await cache.reconcile();
      await expectExactBooks(client, keyspace);
    }
  });

  it("is exact while our writers keep writing", async () => {
    const { client, cache } = open(60_000);
    const writers = [open(60_000).cache, open(60_000).cache];
    for (let index = 0; index < 3_000; index++) await cache.set(`key:${index}`, "x".repeat(15), MINUTE);
    for (const drift of [12_345, -12_345]) {
      await client.incrby(meta.total, drift);
      let running = true;
      const writing = Promise.all(
        writers.map(async (writer, which) => {
          for (let done = which; running; done += 7) {
            await writer.set(`key:${done % 3_000}`, "y".repeat(done % 40), done % 3 ? MINUTE : 5);
            if (done % 5 === 0) await writer.deleteKey(`key:${(done * 13) % 3_000}`);
            await writer.set(`more:${done % 500}`, done, MINUTE);
          }
        }),
      );
      await sleep(5);
      await cache.reconcile();
      const books = await client.multi().get(meta.total).hvals(meta.sizes).exec();
      const [total, sizes] = (books ?? []).map(([, reply]) => reply) as [string, string[]];
      expect(Number(total)).toBe(sizes.reduce((sum, bytes) => sum + Number(bytes), 0));
      running = false;
      await writing;
    }
    await cache.reconcile();
    await expectExactBooks(client, keyspace);
  });

  it("runs once at a time, can be stopped, and leaves nothing behind", async () => {
    const { client, cache } = open();
    for (let index = 0; index < 1_000; index++) await cache.set(`key:${index}`, 1, MINUTE);
    const first = cache.reconcile();
    const second = open().cache.reconcile();
    const outcomes = await Promise.allSettled([first, second]);
    const refused = outcomes.filter(({ status }) => status === "rejected");
    expect(refused).toMatchObject([{ reason: { code: "RECONCILE_RUNNING" } }]);

    const stop = new AbortController();
    const seen: ReconcileProgress[] = [];
    const stopped = cache.reconcile({
      signal: stop.signal,
      onProgress: (progress) => {
        seen.push(progress);
        stop.abort(new Error("enough"));
      },
    });
    await expect(stopped).rejects.toThrow("enough");
    expect(seen).toEqual([{ phase: "keys", examined: expect.any(Number) }]);
    expect(await client.exists(keyspace.own("reconcile"))).toBe(0);
    expect(await cache.reconcile()).toMatchObject({ driftBytes: 0 });
  });

  it("starts over when its journal is lost", async () => {
    const { client, cache } = open();
    for (let index = 0; index < 1_000; index++) await cache.set(`key:${index}`, 1, MINUTE);
    await client.incrby(meta.total, 500);
    let losses = 3;
    const result = await cache.reconcile({
      onProgress: () => {
        if (losses-- > 0) void client.del(keyspace.own("reconcile"));
      },
    });
    expect(result.driftBytes).toBe(500);
    await expectExactBooks(client, keyspace);
  });

  it("takes steps of at most 5 ms over 20,000 keys", async () => {
    const { client } = open();
    for (let from = 0; from < 20_000; from += 5_000) {
      const pipeline = client.pipeline();
      for (let index = from; index < from + 5_000; index++) pipeline.set(name(`key:${index}`), index, "PX", MINUTE);
      await pipeline.exec();
    }
    const times = await scriptTimes(
      client,
      async (store) => {
        const timed = createUserCache({ store, keyspace, limitBytes: null });
        expect(await timed.reconcile()).toMatchObject({ examined: 20_000, adopted: 20_000 });
      },
      { goodMs: 5, before: async () => void (await client.del(meta.lru, meta.sizes, meta.total, meta.exp)) },
    );
    expect(times.length).toBeGreaterThan(500);
    expect(Math.max(...times)).toBeLessThanOrEqual(5);
  }, 60_000);

  it("makes any books right", async () => {
    const { client, cache } = open();
    const key = fc.constantFrom("a", "b", "c", "d");
    const spoil = fc.oneof(
      fc.tuple(fc.constant("set"), key, fc.nat(50)),
      fc.tuple(fc.constant("size"), key, fc.integer({ min: -50, max: 50 })),
      fc.tuple(fc.constant("lru"), key, fc.nat()),
      fc.tuple(fc.constant("exp"), key, fc.nat()),
      fc.tuple(fc.constant("lock"), key, fc.nat()),
      fc.tuple(fc.constant("total"), key, fc.integer()),
      fc.tuple(fc.constant("list"), key, fc.nat(3)),
    );
    const act: Record<string, (on: string, amount: number) => Promise<unknown>> = {
      set: (on, amount) => client.set(name(on), "x".repeat(amount)),
      size: (on, amount) => client.hset(meta.sizes, name(on), amount),
      lru: (on, amount) => client.zadd(meta.lru, amount, name(on)),
      exp: (on, amount) => client.zadd(meta.exp, amount, name(on)),
      lock: (on, amount) => client.zadd(meta.locks, amount, name(on)),
      total: (_, amount) => client.set(meta.total, amount),
      list: (on) => client.multi().del(name(on)).rpush(name(on), "x").exec(),
    };
    await fc.assert(
      fc.asyncProperty(fc.array(spoil, { maxLength: 12 }), async (spoils) => {
        await client.flushall();
        for (const [what, on, amount] of spoils) await act[what]?.(on, amount);
        const before = await readBooks(client, keyspace);
        const { driftBytes } = await cache.reconcile();
        expect(driftBytes).toBe(before.totalBytes - before.realBytes);
        await expectExactBooks(client, keyspace);
      }),
      { numRuns: 60 },
    );
  });
});
