// What every driver of the user cache promises, held against each of them.

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startRedis, type TestRedis } from "../../testing/redis.ts";
import { createKeyspace } from "../keyspace.ts";
import { createConnections } from "../redis/connections.ts";
import type { Limits } from "./limits.ts";
import { createMemoryUserCache } from "./memory-user-cache.ts";
import { createUserCache, type UserCache } from "./user-cache.ts";

const keyspace = createKeyspace("conform");
const MINUTE = 60_000;

interface Driver {
  start(): Promise<void>;
  stop(): Promise<void>;
  empty(): Promise<void>;
  open(limits: Limits): UserCache;
}

function redisDriver(): Driver {
  let server: TestRedis;
  let store: ReturnType<typeof createConnections>;
  return {
    async start() {
      server = await startRedis();
      store = createConnections({ uri: server.uri });
      await store.ready();
    },
    async stop() {
      await store.close();
      await server.stop();
    },
    empty: async () => void (await store.call("FLUSHALL")),
    open: (limits) => createUserCache({ store, keyspace, ...limits }),
  };
}

const memoryDriver = (): Driver => ({
  start: async () => {},
  stop: async () => {},
  empty: async () => {},
  open: (limits) => createMemoryUserCache({ keyspace, ...limits }),
});

describe.each([
  ["redis", redisDriver()],
  ["memory", memoryDriver()],
])("user cache in %s", (_, driver) => {
  beforeAll(() => driver.start());
  beforeEach(() => driver.empty());
  afterAll(() => driver.stop());
  const open = (limitBytes: number | null = null, maxValueBytes = 0) => driver.open({ limitBytes, maxValueBytes });

  describe("values", () => {
    it("gives back what was set", async () => {
      const cache = open();
      const values = [
        "text",
        "",
        "123",
        "true",
        "null",
        '{"a":1}',
        '"quoted"',
        " 1",
        "naïve 🍋",
        "\ud800",
        0,
        -1.5,
        true,
      ];
      for (const value of [...values, { a: [1, { b: null }] }, [], {}]) {
        await cache.set("key", value, MINUTE);
        expect(await cache.get("key")).toEqual(value);
      }
    });

    it("answers null for what is absent, deleted or expired", async () => {
      const cache = open();
      expect(await cache.get("key")).toBeNull();
      await cache.set("key", 1, MINUTE);
      await cache.deleteKey("key");
      await cache.deleteKey("key");
      expect(await cache.get("key")).toBeNull();
      await cache.set("key", 1, 20);
      await sleep(40);
      expect(await cache.get("key")).toBeNull();
    });

    it("takes a full name for the same key", async () => {
      const cache = open();
      await cache.set("key", 1, MINUTE);
      expect(await cache.get(`${keyspace.userCachePrefix}key`)).toBe(1);
    });

    it("keeps a value without expiry when it replaces one that had a TTL", async () => {
      const cache = open();
      await cache.set("key", 1, 30);
      await cache.setNoExpire("key", 2);
      await sleep(50);
      expect(await cache.get("key")).toBe(2);
    });

    it("says whether a key has this very value, whatever the order of object keys", async () => {
      const cache = open();
      await cache.set("key", { a: 1, b: { c: [2], d: 3 } }, MINUTE);
      expect(await cache.exists("key", { b: { d: 3, c: [2] }, a: 1 })).toBe(true);
      expect(await cache.exists("key", { a: 1 })).toBe(false);
      expect(await cache.exists("absent", null)).toBe(false);
      await cache.set("key", "123", MINUTE);
      expect(await cache.exists("key", "123")).toBe(true);
      expect(await cache.exists("key", 123)).toBe(false);
      await cache.acquire("lock", "123", MINUTE);
      expect(await cache.exists("lock", "123")).toBe(true);
    });

    it("removes everything on clearAll", async () => {
      const cache = open();
      for (let index = 0; index < 300; index++) await cache.set(`key:${index}`, index, MINUTE);
      await cache.acquire("lock", "me", MINUTE);
      await cache.clearAll();
      expect(await cache.usage()).toMatchObject({ totalBytes: 0, keys: 0, locks: 0 });
      expect(await cache.get("key:7")).toBeNull();
    });
  });

  describe("bad input", () => {
    it("wants a key", async () => {
      for (const key of ["", undefined, 7] as string[]) {
        await expect(open().get(key)).rejects.toThrow("cache key is required");
        await expect(open().set(key, 1, MINUTE)).rejects.toMatchObject({ code: "KEY_REQUIRED" });
      }
    });

    it("wants a TTL of at least 1 ms", async () => {
      const cache = open();
      for (const ttlMs of [0, -1, 1.5, Number.NaN, 1e99, Infinity, "5" as unknown as number]) {
        await expect(cache.set("key", 1, ttlMs)).rejects.toMatchObject({ code: "TTL_INVALID" });
        await expect(cache.acquire("key", 1, ttlMs)).rejects.toMatchObject({ code: "TTL_INVALID" });
      }
      expect(await cache.usage()).toMatchObject({ keys: 0 });
    });

    it("wants values that JSON can say", async () => {
      const cycle: { self?: unknown } = {};
      cycle.self = cycle;
      for (const value of [undefined, () => 1, 1n, cycle, Symbol("s")]) {
        await expect(open().set("key", value, MINUTE)).rejects.toMatchObject({ code: "INVALID_INPUT" });
      }
    });

    it("refuses values above the caps in the sentences applications know", async () => {
      const cache = open(100, 50);
      await expect(cache.set("key", "x".repeat(51), MINUTE)).rejects.toThrow(
        "$cache value is 51 bytes, above REDIS_USER_CACHE_MAX_VALUE_BYTES=50",
      );
      await expect(open(100).acquire("key", "é".repeat(51), MINUTE)).rejects.toThrow(
        "$cache value is 102 bytes, above REDIS_USER_CACHE_LIMIT_MB capacity 100 bytes",
      );
      expect(await cache.usage()).toMatchObject({ totalBytes: 0 });
    });
  });

  describe("quota", () => {
    const ten = "0123456789".replace("0", "x");

    it("evicts the least recently used, and only as many as needed", async () => {
      const cache = open(30);
      for (const key of ["a", "b", "c"]) {
        await cache.set(key, ten, MINUTE);
        await sleep(3);
      }
      expect(await cache.usage()).toMatchObject({ totalBytes: 30 });
      await cache.get("a");
      await sleep(3);
      await cache.set("d", ten, MINUTE);
      expect(await cache.get("b")).toBeNull();
      for (const key of ["a", "c", "d"]) expect(await cache.get(key)).toBe(ten);
    });

    it("never evicts the key being written", async () => {
      const cache = open(30);
      await cache.set("a", ten, MINUTE);
      await sleep(3);
      await cache.set("b", ten, MINUTE);
      await cache.set("a", ten.repeat(3), MINUTE);
      expect(await cache.get("a")).toBe(ten.repeat(3));
      expect(await cache.usage()).toMatchObject({ totalBytes: 30, keys: 1 });
    });

    it("lets expired values go before any live one", async () => {
      const cache = open(30);
      await cache.set("live", ten, MINUTE);
      await sleep(3);
      await cache.set("ghost:1", ten, 15);
      await cache.set("ghost:2", ten, 15);
      await sleep(30);
      await cache.set("new", ten.repeat(2), MINUTE);
      expect(await cache.get("live")).toBe(ten);
      expect(await cache.usage()).toMatchObject({ totalBytes: 30, keys: 2, ghosts: 0 });
    });

    it("never evicts a held lock, and says so when only locks are left", async () => {
      const cache = open(30);
      expect(await cache.acquire("lock", ten, MINUTE)).toBe(true);
      await sleep(3);
      await cache.set("a", ten, MINUTE);
      await cache.set("b", ten.repeat(2), MINUTE);
      expect(await cache.exists("lock", ten)).toBe(true);
      expect(await cache.get("a")).toBeNull();
      const refused = cache.set("c", ten.repeat(3), MINUTE);
      await expect(refused).rejects.toMatchObject({ code: "QUOTA_EXCEEDED", details: { bytes: 30, limitBytes: 30 } });
      expect(await cache.get("b")).toBe(ten.repeat(2));
    });

    it("evicts a lock's key once it expired or became a value", async () => {
      const cache = open(20);
      await cache.acquire("expired", ten, 10);
      await cache.acquire("value", ten, MINUTE);
      await cache.set("value", ten, MINUTE);
      await sleep(20);
      await cache.set("big", ten.repeat(2), MINUTE);
      expect(await cache.usage()).toMatchObject({ totalBytes: 20, keys: 1, locks: 0 });
    });

    it("has no limit when it is 0 or unknown", async () => {
      for (const limitBytes of [0, null]) {
        const cache = open(limitBytes);
        for (let index = 0; index < 50; index++) await cache.set(`key:${index}`, ten, MINUTE);
        expect(await cache.usage()).toMatchObject({ totalBytes: 500, limitBytes });
        await cache.clearAll();
      }
    });
  });

  describe("locks", () => {
    it("lets only one of ten claimants win", async () => {
      const cache = open();
      const wins = await Promise.all(
        Array.from({ length: 10 }, (_, claimant) => cache.acquire("lock", claimant, MINUTE)),
      );
      expect(wins.filter(Boolean)).toHaveLength(1);
      expect(await cache.exists("lock", wins.indexOf(true))).toBe(true);
    });

    it("is released by its holder only", async () => {
      const cache = open();
      await cache.acquire("lock", "123", MINUTE);
      expect(await cache.release("lock", "456")).toBe(false);
      expect(await cache.release("lock", "123")).toBe(true);
      expect(await cache.release("lock", "123")).toBe(false);
      await cache.set("value", "123", MINUTE);
      expect(await cache.release("value", "123")).toBe(true);
    });

    it("frees itself", async () => {
      const cache = open();
      await cache.acquire("lock", "crashed", 20);
      expect(await cache.acquire("lock", "next", MINUTE)).toBe(false);
      await sleep(40);
      expect(await cache.acquire("lock", "next", MINUTE)).toBe(true);
    });
  });

  describe("getOrSet", () => {
    it("loads once for all who miss together, then not at all", async () => {
      const cache = open();
      const load = vi.fn(async () => {
        await sleep(10);
        return { at: new Date(0) };
      });
      const options = { ttlMs: MINUTE };
      const answers = await Promise.all([1, 2, 3].map(() => cache.getOrSet("key", load, options)));
      answers.push(await cache.getOrSet("key", load, options));
      expect(load).toHaveBeenCalledOnce();
      for (const answer of answers) expect(answer).toEqual({ at: "1970-01-01T00:00:00.000Z" });
    });

    it("hands null out without keeping it", async () => {
      const cache = open();
      expect(await cache.getOrSet("key", () => null, { ttlMs: MINUTE })).toBeNull();
      expect(await cache.getOrSet("key", () => 7, { ttlMs: MINUTE })).toBe(7);
    });

    it("passes a failure on to everybody and tries again next time", async () => {
      const cache = open();
      const fail = () => Promise.reject(new Error("database away"));
      const both = await Promise.allSettled([1, 2].map(() => cache.getOrSet("key", fail, { ttlMs: MINUTE })));
      for (const one of both) expect(one).toMatchObject({ status: "rejected", reason: { message: "database away" } });
      expect(await cache.getOrSet("key", () => "back", { ttlMs: MINUTE })).toBe("back");
    });

    it("serves the stale value within the grace time when loading fails or is slow", async () => {
      const cache = open();
      const options = { ttlMs: 10, graceMs: MINUTE };
      await cache.getOrSet("key", () => "old", options);
      await sleep(20);
      expect(await cache.getOrSet("key", () => Promise.reject(new Error("away")), options)).toBe("old");
      const slow = () => sleep(40, "new");
      expect(await cache.getOrSet("key", slow, { ...options, softTimeoutMs: 5 })).toBe("old");
      await sleep(60);
      expect(await cache.get("key")).toBe("new");
    });

    it("does not keep what a set overtook", async () => {
      const cache = open();
      const loading = cache.getOrSet("key", () => sleep(20, "older"), { ttlMs: MINUTE });
      await sleep(5);
      await cache.set("key", "newer", MINUTE);
      expect(await loading).toBe("older");
      expect(await cache.get("key")).toBe("newer");
    });

    it("hands out what is too large to keep", async () => {
      const cache = open(10);
      expect(await cache.getOrSet("key", () => "x".repeat(11), { ttlMs: MINUTE })).toBe("x".repeat(11));
      expect(await cache.usage()).toMatchObject({ keys: 0 });
    });
  });
});
