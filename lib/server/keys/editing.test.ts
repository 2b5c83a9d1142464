// Edits as a browser sends them: through the route, with a session, against a real Redis.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LiveEvent } from "../../contracts/live.ts";
import { createKeyspace } from "../../core/keyspace.ts";
import { fingerprintOf } from "../../core/user-cache/edit-fingerprint.ts";
import { toBytes, toKeyId } from "../../explorer/bytes.ts";
import { MARKER } from "../../explorer/mask.ts";
import { useApi } from "../../testing/api.ts";
import { sender } from "../../testing/editing.ts";
import { useRedis } from "../../testing/redis.ts";
import { expectExactBooks } from "../../testing/user-cache-books.ts";

const redis = useRedis();
const api = useApi(redis);
const send = sender(api);
const keyspace = createKeyspace("test");
const full = (name: string) => keyspace.userCachePrefix + name;
const idOf = (name: string | Buffer) => toKeyId(Buffer.from(name));
const seen = (value: string) => fingerprintOf(Buffer.from(value));
const text = (data: string) => ({ encoding: "utf8", data });
const user = { k: idOf(full("user:1")) };

async function create(key: string, value: string, ttl: unknown = "none") {
  expect(await send("create", { key: text(key), value: text(value), ttl })).toMatchObject({ status: 200 });
}

async function audited(): Promise<Record<string, unknown>[]> {
  const rows = await redis.connect().xrange("keydeck:test:audit", "-", "+");
  return rows.map(([, [, json]]) => JSON.parse(json ?? ""));
}

describe("a change", () => {
  it("is answered with the key as it is now, the way back, and the quota", async () => {
    await create("user:1", "old", { ms: 60_000 });
    const reply = await send("write", { ...user, expected: seen("old"), value: text("new!") });
    expect(reply).toMatchObject({
      status: 200,
      key: { k: user.k, logicalName: "user:1", class: "user-cache", length: 4, fingerprint: seen("new!") },
      undoBecause: null,
      evicted: [],
      quota: { totalBytes: 4, limitBytes: null, keys: 1, locks: 0 },
    });
    expect(Number(reply.undoUntil)).toBeGreaterThan(Date.now() + 3_590_000);
    expect((reply.key as { ttlMs: number }).ttlMs).toBeGreaterThan(59_000);
  });

  it("is on record with before, after and reason, allowed or refused", async () => {
    await create("user:1", "old");
    await send("write", { ...user, expected: seen("old"), value: text("new"), reason: "ticket 7" });
    await send("remove", { ...user, expected: seen("old") });
    const ends = (await audited()).filter(({ phase }) => phase === "end");
    expect(ends).toMatchObject([
      { action: "keys.create", outcome: "ok", before: "absent", after: seen("old"), who: "olga" },
      { action: "keys.write", outcome: "ok", before: seen("old"), after: seen("new"), reason: "ticket 7" },
      { action: "keys.delete", outcome: "refused", code: "CONFLICT", target: full("user:1") },
    ]);
    expect(JSON.stringify(ends)).not.toContain('"new"');
  });

  it("is told to every open page, with who did it", async () => {
    const events: LiveEvent[] = [];
    api.runtime.live.subscribe((event) => events.push(event));
    await create("user:1", "v");
    expect(events.filter(({ kind }) => kind === "keys")).toMatchObject([{ keys: [user.k], by: "olga", all: false }]);
  });

  it("is not a viewer's to make", async () => {
    await create("user:1", "v");
    const expected = seen("v");
    const attempts = [
      send("create", { as: "viewer", key: text("x"), value: text("x") }),
      send("write", { as: "viewer", ...user, expected, value: text("x") }),
      send("ttl", { as: "viewer", ...user, expected, ttl: { ms: 5 } }),
      send("remove", { as: "viewer", ...user, expected }),
      send("undo", { as: "viewer", id: "x" }),
      send("planBulk", { as: "viewer", act: { action: "delete" }, select: { keys: [user.k] } }),
      send("reconcile", { as: "viewer" }),
    ];
    for (const { status, code } of await Promise.all(attempts)) expect([status, code]).toEqual([403, "FORBIDDEN"]);
    expect(await redis.connect().get(full("user:1"))).toBe("v");
  });
});

describe("two operators", () => {
  it("cannot lose each other's edit: the second gets what is there now", async () => {
    await create("user:1", "both saw this");
    const expected = seen("both saw this");
    expect(await send("write", { ...user, expected, value: text("first") })).toMatchObject({ status: 200 });
    expect(await send("write", { ...user, expected, value: text("second"), as: "admin" })).toMatchObject({
      status: 409,
      code: "CONFLICT",
      details: { fingerprint: seen("first"), value: text("first"), ttlMs: -1, type: "string" },
    });
    expect(await redis.connect().get(full("user:1"))).toBe("first");
  });

  it("are told when the key went away, or was created by somebody else", async () => {
    const gone = await send("write", { ...user, expected: seen("v"), value: text("w") });
    expect(gone).toMatchObject({ status: 409, details: { fingerprint: "absent", value: null, type: null } });
    expect(await send("ttl", { ...user, expected: seen("v"), ttl: "none" })).toMatchObject({ status: 404 });
    expect(await send("remove", { ...user, expected: seen("v") })).toMatchObject({ status: 404 });
    await create("user:1", "v");
    const twice = await send("create", { key: text("user:1"), value: text("w") });
    expect(twice).toMatchObject({ status: 409, details: { fingerprint: seen("v"), value: text("v") } });
  });
});

describe("bytes", () => {
  it("of names and values come out as they went in, all of them", async () => {
    const client = redis.connect();
    const anyBytes = (maxLength: number) =>
      fc.uint8Array({ minLength: 1, maxLength }).map((array) => Buffer.from(array));
    await fc.assert(
      fc.asyncProperty(anyBytes(40), anyBytes(80), async (name, value) => {
        const key = Buffer.concat([Buffer.from(keyspace.userCachePrefix), name]);
        await client.del(key);
        const reply = await send("create", { key: toBytes(name), value: toBytes(value) });
        expect(reply).toMatchObject({ status: 200, key: { k: idOf(key), fingerprint: fingerprintOf(value) } });
        expect(await client.getBuffer(key)).toEqual(value);
      }),
      { numRuns: 60 },
    );
  });

  it("of strange names are names: newline, NUL, emoji, globs, paths, another namespace's key", async () => {
    const client = redis.connect();
    for (const name of [
      "a\nb",
      "\0",
      "🔑",
      "*[a-z]?\\",
      "../../etc/passwd",
      "other:user_cache:user:1",
      "user_cache:x",
    ]) {
      await create(name, "v");
      expect(await client.get(full(name))).toBe("v");
    }
    await create(full("already-full"), "v");
    expect(await client.get(full("already-full"))).toBe("v");
    expect((await client.keys("*")).filter((name) => !/^(test|keydeck:test):/.test(name))).toEqual([]);
  });

  it("that JavaScript would round or reformat are left alone", async () => {
    const value = '{"id": 9007199254740993,\r\n "id" : 1.0}';
    await create("user:1", value);
    const changed = value.replace("1.0", "2.0");
    await send("write", { ...user, expected: seen(value), value: text(changed) });
    expect(await redis.connect().get(full("user:1"))).toBe(changed);
  });

  it("that cannot be carried exactly are refused", async () => {
    const refused = { status: 422, code: "INVALID_INPUT" };
    const value = text("v");
    for (const key of [text(""), text(full("")), text("x".repeat(17_000)), text("\ud800")])
      expect(await send("create", { key, value })).toMatchObject(refused);
    for (const data of ["A", "A=", "a b"])
      expect(await send("create", { key: text("k"), value: { encoding: "base64url", data } })).toMatchObject(refused);
    expect(await redis.connect().keys("test:*")).toEqual([]);
  });
});

describe("what may not be edited", () => {
  it("looks absent when it is another namespace's", async () => {
    const client = redis.connect();
    await client.set("other:user_cache:secret", "v");
    await client.call("CONFIG", "RESETSTAT");
    const foreign = { k: idOf("other:user_cache:secret"), expected: seen("v") };
    const attempts = [
      await send("write", { ...foreign, value: text("x") }),
      await send("ttl", { ...foreign, ttl: { ms: 1 } }),
      await send("remove", foreign),
    ];
    for (const { status, code } of attempts) expect([status, code]).toEqual([404, "KEY_NOT_FOUND"]);
    expect(JSON.stringify([attempts, await audited()])).not.toContain("secret");
    expect(String(await client.call("INFO", "commandstats"))).not.toMatch(/cmdstat_(get|type|evalsha|eval):/);
  });

  it("is refused by its class, with the reason, and untouched", async () => {
    const client = redis.connect();
    await client.set("test:rl:ip:1", "v");
    await client.hset("test:user_cache_meta:sizes", "x", 1);
    await client.hset("test:mail:meta", "opts", "x");
    await client.set("test:mail:7", "v");
    for (const name of [
      "test:rl:ip:1",
      "test:user_cache_meta:sizes",
      "test:mail:7",
      "test:anything",
      "keydeck:test:audit",
    ]) {
      const given = { k: idOf(name), expected: "absent" };
      const write = await send("write", { ...given, value: text("x") });
      expect(write).toMatchObject({ status: 403, code: "READ_ONLY_CLASS" });
      expect(write.message.length).toBeGreaterThan(40);
      const remove = await send("remove", given);
      expect(remove.status).toBe(name === "test:anything" ? 404 : 403);
    }
    expect(await client.get("test:rl:ip:1")).toBe("v");
    expect(await client.exists("test:anything")).toBe(0);
  });

  it("is a lock somebody holds", async () => {
    await api.runtime.userCache.acquire("job", "me", 60_000);
    const lock = { k: idOf(full("job")), expected: seen("me") };
    const attempts = [
      await send("write", { ...lock, value: text("x") }),
      await send("ttl", { ...lock, ttl: "none" }),
      await send("remove", lock),
    ];
    for (const { status, code } of attempts) expect([status, code]).toEqual([409, "LOCK_HELD"]);
    expect(await api.runtime.userCache.release("job", "me")).toBe(true);
  });

  it("is a value of another type, or one that was not seen whole", async () => {
    const client = redis.connect();
    await client.rpush(full("list"), "v");
    await client.set(full("large"), Buffer.alloc(1024 * 1024 + 1));
    const list = { k: idOf(full("list")), value: text("x") };
    expect(await send("write", { ...list, expected: "string:0" })).toMatchObject({
      status: 422,
      code: "INVALID_INPUT",
    });
    const large = { k: idOf(full("large")), expected: fingerprintOf(Buffer.alloc(1024 * 1024 + 1)) };
    expect(await send("write", { ...large, value: text("x") })).toMatchObject({ status: 413, code: "VALUE_TOO_LARGE" });
    expect(await client.strlen(full("large"))).toBe(1024 * 1024 + 1);
    expect(await send("ttl", { ...large, ttl: { ms: 60_000 } })).toMatchObject({ status: 200 });
    expect(await send("remove", large)).toMatchObject({ status: 200, key: null });
  });

  it("is what is masked for this operator", async () => {
    const value = JSON.stringify({ name: "Ann", password: "hunter2!" });
    await create("user:1", value);
    const given = { ...user, expected: seen(value), value: text('{"name":"Bob"}') };
    expect(await send("write", given)).toMatchObject({ status: 403, code: "FORBIDDEN" });
    for (const as of ["operator", "admin"] as const) {
      const stale = await send("write", { ...given, expected: seen("stale"), as });
      expect(JSON.stringify(stale)).not.toContain("hunter2");
    }
    const marked = { ...given, value: text(`{"password":"${MARKER}"}`), as: "admin" } as const;
    expect(await send("write", marked)).toMatchObject({ status: 422, code: "INVALID_INPUT" });
    expect(await send("write", { ...given, as: "admin" })).toMatchObject({ status: 200 });
  });

  it("does not become so by a TTL that is none", async () => {
    await create("user:1", "v");
    const ttls = [0, -1, 1.5, 1e99, "60", null, true, [], {}, undefined, Number.MAX_SAFE_INTEGER];
    for (const ms of ttls) {
      const given = { ...user, expected: seen("v"), ttl: { ms } };
      expect(await send("ttl", given)).toMatchObject({ status: 422, code: "TTL_INVALID" });
      expect(await send("write", { ...given, value: text("w") })).toMatchObject({ status: 422, code: "TTL_INVALID" });
    }
    for (const ttl of ["soon", 5, null])
      expect(await send("ttl", { ...user, expected: seen("v"), ttl })).toMatchObject({ code: "TTL_INVALID" });
    expect(await redis.connect().pttl(full("user:1"))).toBe(-1);
  });

  it("is a whole value beyond 1 MB", async () => {
    const value = { encoding: "base64url", data: Buffer.alloc(1024 * 1024 + 1).toString("base64url") };
    expect(await send("create", { key: text("k"), value })).toMatchObject({ status: 413, code: "VALUE_TOO_LARGE" });
    const fits = { encoding: "base64url", data: Buffer.alloc(1024 * 1024).toString("base64url") };
    expect(await send("create", { key: text("k"), value: fits })).toMatchObject({ status: 200 });
  });
});

describe("undo", () => {
  it("is listed for whoever looks, puts things back once, and only where nothing changed since", async () => {
    await create("user:1", "old", { ms: 60_000 });
    const written = await send("write", { ...user, expected: seen("old"), value: text("new"), ttl: "none" });
    const removed = await send("remove", { ...user, expected: seen("new") });
    const { entries } = await send("listUndo", { as: "viewer" });
    expect(entries).toMatchObject([
      { id: removed.undoId, action: "delete", name: full("user:1"), by: "olga", count: 1, bytes: 3 },
      { id: written.undoId, action: "write", k: user.k },
      { action: "write", bytes: 0 },
    ]);
    expect(await send("undo", { id: String(written.undoId) })).toMatchObject({ status: 409, code: "CONFLICT" });
    expect(await send("undo", { id: String(removed.undoId) })).toMatchObject({ status: 200, restored: [user.k] });
    expect(await send("undo", { id: String(removed.undoId) })).toMatchObject({ status: 404, code: "NOT_FOUND" });
    expect(await send("undo", { id: String(written.undoId) })).toMatchObject({ status: 200, skipped: [] });
    const client = redis.connect();
    expect(await client.get(full("user:1"))).toBe("old");
    expect(await client.pttl(full("user:1"))).toBeGreaterThan(50_000);
    await expectExactBooks(client, keyspace);
  });

  it("says what expired meanwhile", async () => {
    await create("user:1", "v", { ms: 80 });
    const { undoId } = await send("remove", { ...user, expected: seen("v") });
    await new Promise((resolve) => setTimeout(resolve, 90));
    expect(await send("undo", { id: String(undoId) })).toMatchObject({
      status: 200,
      restored: [],
      skipped: [{ k: user.k, name: full("user:1"), because: "expired meanwhile" }],
    });
  });

  it("cannot bring back what was deleted for good", async () => {
    await create("user:1", "secret stuff");
    const reply = await send("remove", { ...user, expected: seen("secret stuff"), forGood: true });
    expect(reply).toMatchObject({
      status: 200,
      undoId: null,
      undoBecause: "It was deleted for good.",
      undoUntil: null,
    });
    const client = redis.connect();
    const dump = await Promise.all((await client.keys("*")).map((key) => client.dumpBuffer(key)));
    expect(Buffer.concat(dump.map((one) => one ?? Buffer.alloc(0))).includes("secret stuff")).toBe(false);
  });

  it("knows no record of any name it was not given", async () => {
    for (const id of ["index", "bytes", "act", "none"])
      expect(await send("undo", { id })).toMatchObject({ status: 404 });
  });
});

it("reconciles on record", async () => {
  await create("user:1", "v");
  const client = redis.connect();
  await client.set(keyspace.userCacheMeta.total, 1_000);
  expect(await send("reconcile", { reason: "drift" })).toMatchObject({ status: 200, driftBytes: 999, orphans: 0 });
  await expectExactBooks(client, keyspace);
  expect((await audited()).at(-1)).toMatchObject({ action: "keys.reconcile", outcome: "ok", reason: "drift" });
});

it("says so when another reconcile is at work", async () => {
  const journal = keyspace.own("reconcile");
  await redis.connect().rpush(journal, "somebody else's token");
  expect(await send("reconcile")).toMatchObject({ status: 409, code: "RECONCILE_RUNNING" });
});
