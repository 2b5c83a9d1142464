// The user cache on the wire: names, bytes, expiries, round trips.

import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { startChaosProxy } from "../../testing/chaos-proxy.ts";
import { createForeignWriter } from "../../testing/foreign-writer.ts";
import { startCluster, until, useRedis } from "../../testing/redis.ts";
import { expectExactBooks } from "../../testing/user-cache-books.ts";
import { createKeyspace } from "../keyspace.ts";
import { createConnections } from "../redis/connections.ts";
import { createUserCache } from "./user-cache.ts";

const MINUTE = 60_000;
const keyspace = createKeyspace("prod");
const meta = keyspace.userCacheMeta;

describe("user cache on the wire", () => {
  const redis = useRedis();
  function open(limitBytes: number | null = null) {
    const client = redis.connect();
    return { client, cache: createUserCache({ store: client, keyspace, limitBytes }) };
  }

  it("writes the keys and bytes the contract demands", async () => {
    const { client, cache } = open();
    await cache.set("user:1", { name: "Zoë" }, MINUTE);
    await cache.set("number-like", "123", MINUTE);
    await cache.acquire("lock", "123", MINUTE);
    expect(await client.get("prod:user_cache:user:1")).toBe('{"name":"Zoë"}');
    expect(await client.get("prod:user_cache:number-like")).toBe('"123"');
    expect(await client.get("prod:user_cache:lock")).toBe("123");
    expect(await client.hgetall("prod:user_cache_meta:sizes")).toEqual({
      "prod:user_cache:user:1": "15",
      "prod:user_cache:number-like": "5",
      "prod:user_cache:lock": "3",
    });
    expect(await client.get("prod:user_cache_meta:total_bytes")).toBe("23");
    const score = Number(await client.zscore("prod:user_cache_meta:lru", "prod:user_cache:lock"));
    expect(Math.abs(score - Date.now())).toBeLessThan(1_000);
  });

  it("reads and writes what a foreign program writes and reads", async () => {
    const { client, cache } = open();
    const foreign = createForeignWriter({ redis: client, nodeName: "prod" });
    for (const value of ["text", { a: [1] }, 7, true]) {
      await foreign.set("theirs", value, MINUTE);
      expect(await cache.get("theirs")).toEqual(value);
      await cache.set("ours", value, MINUTE);
      expect(await foreign.get("ours")).toEqual(value);
    }
    await cache.set("digits", "123", MINUTE);
    expect(await foreign.get("digits")).toBe("123");
    await cache.acquire("our lock", "7", MINUTE);
    expect(await foreign.acquire("our lock", "8", MINUTE)).toBe(false);
    expect(await foreign.release("our lock", "7")).toBe(true);
    await foreign.acquire("their lock", "7", MINUTE);
    expect(await cache.acquire("their lock", "8", MINUTE)).toBe(false);
    expect(await cache.release("their lock", "7")).toBe(true);
  });

  it("gives any text back as it was, and counts its bytes", async () => {
    const { client, cache } = open();
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string(), fc.json());
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        await cache.set("text", value, MINUTE);
        expect(await cache.get("text")).toBe(value);
        expect(Number(await client.get(meta.total))).toBe(await client.strlen("prod:user_cache:text"));
      }),
      { numRuns: 100 },
    );
  });

  it("takes large values past Lua and leaves nothing staged", async () => {
    const { client, cache } = open(4_000_000);
    const large = "é".repeat(1_000_000);
    await cache.set("small", "x", MINUTE);
    await cache.set("large", large, MINUTE);
    expect(await cache.get("large")).toBe(large);
    await cache.setNoExpire("large", large.slice(0, 500_000));
    expect(await client.pttl("prod:user_cache:large")).toBe(-1);
    await cache.acquire("lock", "x".repeat(200_000), MINUTE);
    await expect(cache.set("too much", `${large}${large.slice(0, 950_000)}`, MINUTE)).rejects.toMatchObject({
      code: "QUOTA_EXCEEDED",
    });
    await expectExactBooks(client, keyspace);
    expect(await client.keys("keydeck:*")).toEqual([]);
  });

  describe("expiry", () => {
    it("is exact, and the same in the books", async () => {
      const { client, cache } = open();
      await cache.set("key", 1, MINUTE);
      const at = Number(await client.call("PEXPIRETIME", "prod:user_cache:key"));
      expect(Number(await client.zscore(meta.exp, "prod:user_cache:key"))).toBe(at);
      expect(Math.abs(at - Date.now() - MINUTE)).toBeLessThan(1_000);
    });

    it("is never moved by what did not ask for it", async () => {
      const { client, cache } = open();
      await cache.set("key", 1, MINUTE);
      await cache.acquire("lock", "me", MINUTE);
      const ends = async () =>
        Promise.all(["key", "lock"].map((key) => client.call("PEXPIRETIME", `prod:user_cache:${key}`)));
      const before = await ends();
      await sleep(5);
      await cache.get("key");
      await cache.exists("key", 1);
      await cache.acquire("lock", "other", 5 * MINUTE);
      await cache.release("lock", "other");
      await cache.set("another", 1, 5 * MINUTE);
      await cache.usage();
      await cache.reconcile();
      expect(await ends()).toEqual(before);
    });

    it("never comes over the books, whoever puts a TTL on them", async () => {
      const { client, cache } = open();
      await cache.set("key", 1, MINUTE);
      await cache.acquire("lock", 1, MINUTE);
      const books = [meta.lru, meta.sizes, meta.total, meta.exp, meta.locks];
      const ttls = () => Promise.all(books.map((book) => client.pttl(book)));
      const readUntilKept = () =>
        until(async () => {
          await cache.get("key"); // one read in sixteen looks
          return (await client.pttl(meta.locks)) === -1;
        });
      for (const use of [readUntilKept, () => cache.set("key", 2, MINUTE), () => cache.acquire("lock", 2, 1)]) {
        for (const book of books) await client.pexpire(book, 1_800_000);
        await use();
        expect(await ttls()).toEqual([-1, -1, -1, -1, -1]);
      }
    });

    it("leaves no books behind when nothing is counted", async () => {
      const { client, cache } = open();
      await cache.set("key", 1, MINUTE);
      await cache.acquire("lock", "me", MINUTE);
      await cache.deleteKey("key");
      await cache.release("lock", "me");
      expect(await client.keys("*")).toEqual([]);
    });
  });

  it("takes one round trip for each operation", async () => {
    const { cache: warm } = open();
    const operations = (cache: typeof warm): [string, () => Promise<unknown>][] => [
      ["set", () => cache.set("key", "value", MINUTE)],
      ["set over", () => cache.set("key", { other: 1 }, MINUTE)],
      ["setNoExpire", () => cache.setNoExpire("forever", 1)],
      ["get", () => cache.get("key")],
      ["get absent", () => cache.get("absent")],
      ["exists", () => cache.exists("key", "value")],
      ["acquire", () => cache.acquire("lock", "me", MINUTE)],
      ["acquire held", () => cache.acquire("lock", "you", MINUTE)],
      ["release", () => cache.release("lock", "me")],
      ["set that evicts", () => cache.set("big", "x".repeat(995), MINUTE)],
      ["deleteKey", () => cache.deleteKey("key")],
      ["usage", () => cache.usage()],
    ];
    for (const [, operation] of operations(warm)) await operation(); // the scripts are known to Redis from here on

    const proxy = await startChaosProxy(redis.port);
    const { Redis } = await import("ioredis");
    const client = new Redis(proxy.port);
    await client.flushall();
    const cache = createUserCache({ store: client, keyspace, limitBytes: 1_000 });
    for (const [name, operation] of operations(cache)) {
      const before = proxy.roundTrips;
      await operation();
      expect([name, proxy.roundTrips - before]).toEqual([name, 1]);
    }
    client.disconnect();
    await proxy.close();
  });

  it("fails instead of answering null when Redis is away", async () => {
    const store = createConnections({ uri: "redis://127.0.0.1:1", commandTimeoutMs: 300 });
    const cache = createUserCache({ store, keyspace, limitBytes: null });
    await expect(cache.get("key")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await expect(cache.release("key", 1)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await store.close();
  });

  it("clears its own namespace only, whatever its name looks like", async () => {
    const { client } = open();
    const [dotted, other] = ["a.b", "axb"].map((name) =>
      createUserCache({ store: client, keyspace: createKeyspace(name), limitBytes: null }),
    );
    await dotted?.set("key", 1, MINUTE);
    await other?.set("key", 1, MINUTE);
    await client.set("a.b:runtime_cache:x", "snapshot");
    await client.set(Buffer.from("a.b:user_cache:\xff\x00", "latin1"), "binary");
    await client.zadd("a.b:user_cache_meta:lru", 1, "a.b:user_cache:gone");
    await dotted?.clearAll();
    expect((await client.keys("a*")).sort()).toEqual([
      "a.b:runtime_cache:x",
      "axb:user_cache:key",
      "axb:user_cache_meta:exp",
      "axb:user_cache_meta:lru",
      "axb:user_cache_meta:sizes",
      "axb:user_cache_meta:total_bytes",
    ]);
  });

  it("works on Redis Cluster, all in the namespace's slot", async () => {
    const cluster = await startCluster();
    try {
      const store = createConnections({ uri: cluster.uri, nodeName: "{prod}" });
      await store.ready(5_000);
      const cache = createUserCache({ store, keyspace: createKeyspace("{prod}"), limitBytes: 1_000_000 });
      await cache.set("key", { a: 1 }, MINUTE);
      await cache.set("large", "x".repeat(400_000), MINUTE);
      expect(await cache.get("large")).toHaveLength(400_000);
      expect(await cache.acquire("lock", "me", MINUTE)).toBe(true);
      expect(await cache.reconcile()).toMatchObject({ driftBytes: 0, orphans: 0, examined: 3 });
      await cache.clearAll();
      expect(await cache.usage()).toMatchObject({ totalBytes: 0, keys: 0 });
      await store.close();
    } finally {
      await cluster.stop();
    }
  });
});
