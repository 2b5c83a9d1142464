import fc from "fast-check";
import type { Redis } from "ioredis";
import { beforeEach, describe, expect, it } from "vitest";
import { useRedis } from "../../testing/redis.ts";
import { createKeyspace } from "../keyspace.ts";
import { fingerprintOf, lengthFingerprint } from "./edit-fingerprint.ts";
import { createUserCacheEditor, type UserCacheEditor, type WriteOptions } from "./editor.ts";

const server = useRedis();
const keyspace = createKeyspace("prod");
const { lru, sizes, total, exp, locks } = keyspace.userCacheMeta;
const full = (name: string | Buffer) => Buffer.concat([Buffer.from(keyspace.userCachePrefix), Buffer.from(name)]);
const bytes = (text: string) => Buffer.from(text);
const act = (id = "a1", action = "write") => ({ id, by: "ann", action });
const seen = (value: string | null) => (value === null ? "absent" : fingerprintOf(bytes(value)));

let redis: Redis;
let editor: UserCacheEditor;

beforeEach(() => {
  redis = server.connect();
  editor = createUserCacheEditor({ store: redis, keyspace, undoMaxBytes: 64 * 1024 * 1024 });
});

const write = (name: string, value: string, options: Partial<WriteOptions> = {}) =>
  editor.write(full(name), bytes(value), { ttl: "none", expected: "absent", limitBytes: null, undo: null, ...options });

/** What the books say against what is there. */
async function drift(): Promise<{ bytes: number; orphans: number }> {
  const names = await redis.keysBuffer(`${keyspace.userCachePrefix}*`);
  const lengths = await Promise.all(names.map((name) => redis.strlen(name)));
  const real = lengths.reduce((sum, length) => sum + length, 0);
  const counted = [await redis.hlen(sizes), await redis.zcard(lru)];
  return {
    bytes: Number((await redis.get(total)) ?? 0) - real,
    orphans: Math.max(...counted.map((count) => Math.abs(count - names.length))),
  };
}
const EXACT = { bytes: 0, orphans: 0 };

describe("write", () => {
  it("creates a key only where there is none", async () => {
    expect(await write("user:1", "one")).toEqual({ status: "ok", evicted: [] });
    expect(await write("user:1", "two")).toEqual({ status: "conflict" });
    expect(await redis.get(full("user:1"))).toBe("one");
    expect(await drift()).toEqual(EXACT);
  });

  it("tells the second of two editors instead of losing the first one's edit", async () => {
    await write("user:1", "seen by both");
    const based = { expected: seen("seen by both") };
    const results = await Promise.all([write("user:1", "by ann", based), write("user:1", "by bob", based)]);
    expect(results.map(({ status }) => status)).toEqual(["ok", "conflict"]);
    expect(await redis.get(full("user:1"))).toBe("by ann");
  });

  it("does not bring back a key that went away meanwhile", async () => {
    expect(await write("user:1", "new", { expected: seen("old") })).toEqual({ status: "conflict" });
    expect(await redis.exists(full("user:1"))).toBe(0);
  });

  it("keeps the expiry to the millisecond unless asked otherwise", async () => {
    await write("k", "a", { ttl: 60_000 });
    const before = await redis.pexpiretime(full("k"));
    await write("k", "b", { ttl: "keep", expected: seen("a") });
    expect(await redis.pexpiretime(full("k"))).toBe(before);
    expect(Number(await redis.zscore(exp, full("k")))).toBe(before);
    await write("k", "c", { ttl: "none", expected: seen("b") });
    expect(await redis.pttl(full("k"))).toBe(-1);
    expect(await redis.zscore(exp, full("k"))).toBeNull();
    await write("k", "d", { ttl: "keep", expected: seen("c") });
    expect(await redis.pttl(full("k"))).toBe(-1);
  });

  it("carries every byte of names and values, and reads none of them", async () => {
    const anyBytes = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((array) => Buffer.from(array));
    await fc.assert(
      fc.asyncProperty(anyBytes, anyBytes, async (name, value) => {
        const key = full(name);
        const { fingerprint } = await editor.look(key);
        const options = { ttl: "keep", expected: fingerprint, limitBytes: 0, undo: act() } as const;
        expect((await editor.write(key, value, options)).status).toBe("ok");
        expect(await redis.getBuffer(key)).toEqual(value);
        expect(await editor.fingerprint(key)).toBe(fingerprintOf(value));
      }),
      { numRuns: 150 },
    );
    expect(await drift()).toEqual(EXACT);
  });

  it("leaves alone the digits JavaScript would round", async () => {
    const value = '{"id": 9007199254740993,  "id": 1}';
    await write("big", value);
    expect(await redis.get(full("big"))).toBe(value);
  });

  it("refuses a lock somebody holds, and may replace one that was abandoned", async () => {
    await write("lock:1", "holder");
    await redis.zadd(locks, Date.now(), full("lock:1"));
    const options = { expected: seen("holder") };
    expect(await write("lock:1", "thief", options)).toEqual({ status: "lock-held" });
    expect(await editor.remove([{ key: full("lock:1"), expected: options.expected }], null)).toEqual(["lock-held"]);
    expect(await editor.setTtl([{ key: full("lock:1"), expected: options.expected }], 5, null)).toEqual(["lock-held"]);
    await redis.del(full("lock:1"));
    expect(await write("lock:1", "value")).toMatchObject({ status: "ok" });
    expect(await redis.zscore(locks, full("lock:1"))).toBeNull();
  });

  it("never replaces what was not seen whole", async () => {
    const large = Buffer.alloc(1024 * 1024 + 1, "x");
    await redis.set(full("large"), large);
    const fingerprint = await editor.fingerprint(full("large"));
    expect(fingerprint).toBe(fingerprintOf(large));
    expect(fingerprint).toMatch(/^partial:string:1048577:[0-9a-f]{40}$/);
    await expect(write("large", "part", { expected: fingerprint })).rejects.toThrow(/seen whole/);
    expect(await redis.strlen(full("large"))).toBe(large.length);
  });
});

describe("quota", () => {
  const fill = async (names: string[]) => {
    for (const name of names) await write(name, "0123456789");
  };

  it("evicts nobody it was not told to", async () => {
    await fill(["a", "b", "c"]);
    const refused = await write("d", "0123456789", { limitBytes: 30 });
    expect(refused).toEqual({ status: "over-quota", neededBytes: 10, totalBytes: 30 });
    expect(await redis.exists(full("a"), full("b"), full("c"))).toBe(3);
    expect(await drift()).toEqual(EXACT);
  });

  it("evicts exactly the agreed victims it needs, least recently used first", async () => {
    await fill(["a", "b", "c"]);
    await redis.zadd(lru, 1, full("b"));
    const plan = await editor.planVictims(10);
    expect(plan).toEqual({ victims: [full("b")], freesBytes: 10, enough: true });
    const outcome = await write("d", "0123456789", { limitBytes: 30, evict: [full("b"), full("a")] });
    expect(outcome).toEqual({ status: "ok", evicted: [full("b")] });
    expect(await redis.exists(full("a"), full("c"), full("d"))).toBe(3);
    expect(await drift()).toEqual(EXACT);
  });

  it("does not evict held locks, other namespaces' keys, nor the key itself", async () => {
    await fill(["a", "b", "c"]);
    await redis.zadd(locks, 1, full("a"));
    await redis.set("other:user_cache:x", "0123456789");
    await redis.hset(sizes, "other:user_cache:x", 10);
    const evict = [full("a"), bytes("other:user_cache:x"), full("d")];
    expect(await write("d", "0123456789", { limitBytes: 30, evict })).toMatchObject({ status: "over-quota" });
    expect(await redis.exists(full("a"), "other:user_cache:x")).toBe(2);
    expect((await editor.planVictims(30)).victims).toEqual([full("b"), full("c")]);
  });

  it("counts what has expired as room, also where nobody wrote down the expiry", async () => {
    await fill(["a", "b", "c"]);
    await redis.del(full("a"));
    expect(await editor.planVictims(10)).toEqual({ victims: [], freesBytes: 10, enough: true });
    expect(await write("d", "0123456789", { limitBytes: 30, evict: [full("b")] })).toEqual({
      status: "ok",
      evicted: [],
    });
    expect(await drift()).toEqual(EXACT);
  });

  it("writes without looking at a limit it does not know", async () => {
    await fill(["a", "b"]);
    expect(await write("c", "0123456789", { limitBytes: null })).toEqual({ status: "ok", evicted: [] });
  });
});

describe("setTtl and remove", () => {
  it("change only what is still as it was seen", async () => {
    await write("a", "1");
    await write("b", "2");
    const list = [
      { key: full("a"), expected: seen("1") },
      { key: full("b"), expected: seen("old") },
      { key: full("c"), expected: seen("3") },
    ];
    expect(await editor.setTtl(list, 60_000, null)).toEqual(["ok", "conflict", "gone"]);
    expect(await redis.pttl(full("a"))).toBeGreaterThan(59_000);
    expect(await redis.pttl(full("b"))).toBe(-1);
    expect(await editor.setTtl(list, "none", null)).toEqual(["ok", "conflict", "gone"]);
    expect(await redis.pttl(full("a"))).toBe(-1);
    expect(await editor.remove(list, null)).toEqual(["ok", "conflict", "gone"]);
    expect(await redis.exists(full("a"))).toBe(0);
    expect(await drift()).toEqual(EXACT);
  });

  it("refuse a TTL that is none before anything is sent", async () => {
    for (const ttl of [0, -1, 1.5, 1e99, Number.NaN])
      await expect(editor.setTtl([{ key: full("a"), expected: seen("1") }], ttl, null)).rejects.toThrow(/ttlMs/);
  });

  it("delete a collection that somebody put under the cache's prefix", async () => {
    await redis.hset(full("h"), "f", "v");
    const expected = await editor.fingerprint(full("h"));
    await redis.hset(full("h"), "f", "w");
    expect(await editor.remove([{ key: full("h"), expected }], act())).toEqual(["conflict"]);
    const list = [{ key: full("h"), expected: await editor.fingerprint(full("h")) }];
    expect(await editor.setTtl(list, 60_000, null)).toEqual(["ok"]);
    expect(await editor.remove(list, act())).toEqual(["ok"]);
    expect(await editor.undo.restore("a1", { limitBytes: null })).toMatchObject({ restored: [full("h")] });
    expect(await redis.hgetall(full("h"))).toEqual({ f: "w" });
    expect(await redis.hlen(sizes)).toBe(0);
  });

  it("know a key by type and length where no value was read", async () => {
    await write("a", "123");
    expect(await editor.remove([{ key: full("a"), expected: lengthFingerprint("string", 4) }], null)).toEqual([
      "conflict",
    ]);
    expect(await editor.remove([{ key: full("a"), expected: lengthFingerprint("hash", 3) }], null)).toEqual([
      "conflict",
    ]);
    expect(await editor.remove([{ key: full("a"), expected: lengthFingerprint("string", 3) }], null)).toEqual(["ok"]);
  });
});

describe("looks", () => {
  it("are the same where the ACL refuses scripts", async () => {
    const { mapStoreError } = await import("../redis/store-error.ts");
    await redis.call("ACL", "SETUSER", "reader", "on", ">pw", "~*", "+@all", "-@scripting");
    const reader = server.connect({ username: "reader", password: "pw" });
    const fail = (error: unknown) => Promise.reject(mapStoreError(error));
    const limited = createUserCacheEditor({
      store: {
        call: (command, ...args) => reader.call(String(command), ...args).catch(fail),
        callBuffer: (command, ...args) => reader.callBuffer(String(command), ...args).catch(fail),
      },
      keyspace,
      undoMaxBytes: 0,
    });
    await redis.mset(full("s"), "text", full("l"), Buffer.alloc(2_000_000, "y"));
    await redis.hset(full("h"), "f", "v");
    await redis.rpush(full("q"), ...Array.from({ length: 300 }, () => "z".repeat(500)));
    for (const name of ["s", "l", "h", "q", "none"])
      expect(await limited.look(full(name), { withValue: true })).toEqual(
        await editor.look(full(name), { withValue: true }),
      );
  });
});
