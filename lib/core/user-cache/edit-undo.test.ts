import type { Redis } from "ioredis";
import { beforeEach, describe, expect, it } from "vitest";
import { useRedis } from "../../testing/redis.ts";
import { readBooks } from "../../testing/user-cache-books.ts";
import { createKeyspace } from "../keyspace.ts";
import { fingerprintOf, lengthFingerprint } from "./edit-fingerprint.ts";
import { createUserCacheEditor, type UserCacheEditor } from "./editor.ts";
import { createUserCache } from "./user-cache.ts";

const server = useRedis();
const keyspace = createKeyspace("prod");
const { total, sizes, lru, locks } = keyspace.userCacheMeta;
const full = (name: string) => Buffer.from(keyspace.userCachePrefix + name);
const seen = (value: string) => fingerprintOf(Buffer.from(value));
const NO_LIMIT = { limitBytes: null };

let redis: Redis;
let editor: UserCacheEditor;
let acts = 0;

beforeEach(() => {
  redis = server.connect();
  editor = editorWith(64 * 1024 * 1024);
});

const editorWith = (undoMaxBytes: number) => createUserCacheEditor({ store: redis, keyspace, undoMaxBytes });
const newAct = (action = "write") => ({ id: `act-${++acts}`, by: "ann", action });

async function put(name: string, value: string, ttl: "none" | number = "none"): Promise<void> {
  const options = { ttl, expected: await editor.fingerprint(full(name)), limitBytes: null, undo: null };
  expect(await editor.write(full(name), Buffer.from(value), options)).toMatchObject({ status: "ok" });
}

async function edit(name: string, from: string | null, to: string, ttl: "keep" | number = "keep") {
  const undo = newAct();
  const expected = from === null ? "absent" : seen(from);
  const outcome = await editor.write(full(name), Buffer.from(to), { ttl, expected, limitBytes: null, undo });
  expect(outcome.status).toBe("ok");
  return undo.id;
}

async function expectExact(): Promise<void> {
  const names = await redis.keysBuffer(`${keyspace.userCachePrefix}*`);
  const lengths = await Promise.all(names.map((name) => redis.strlen(name)));
  expect(Number((await redis.get(total)) ?? 0)).toBe(lengths.reduce((sum, length) => sum + length, 0));
  expect([await redis.hlen(sizes), await redis.zcard(lru)]).toEqual([names.length, names.length]);
}

describe("undo", () => {
  it("puts back value and expiry of an edit", async () => {
    await put("k", "old", 60_000);
    const expires = await redis.pexpiretime(full("k"));
    const id = await edit("k", "old", "a new, longer value", 5_000_000);
    expect((await editor.undo.list()).records).toMatchObject([{ id, by: "ann", action: "write", count: 1, bytes: 3 }]);
    expect(await editor.undo.restore(id, NO_LIMIT)).toEqual({ restored: [full("k")], skipped: [] });
    expect(await redis.get(full("k"))).toBe("old");
    expect(await redis.pexpiretime(full("k"))).toBe(expires);
    await expectExact();
    expect(await redis.keys("keydeck:*")).toEqual(["keydeck:prod:undo:bytes"]);
    expect(await editor.undo.list()).toEqual({ records: [], bytes: 0 });
  });

  it("takes a created key away again, and puts a deleted one back", async () => {
    const created = await edit("k", null, "new");
    await editor.undo.restore(created, NO_LIMIT);
    expect(await redis.exists(full("k"))).toBe(0);
    await put("k", "value", 60_000);
    const expires = await redis.pexpiretime(full("k"));
    const deleted = newAct("delete");
    expect(await editor.remove([{ key: full("k"), expected: seen("value") }], deleted)).toEqual(["ok"]);
    expect(await redis.exists(full("k"))).toBe(0);
    await expectExact();
    await editor.undo.restore(deleted.id, NO_LIMIT);
    expect(await redis.get(full("k"))).toBe("value");
    expect(await redis.pexpiretime(full("k"))).toBe(expires);
    await expectExact();
  });

  it("leaves alone what was changed since, and can be tried again", async () => {
    await put("k", "old");
    const id = await edit("k", "old", "new");
    await put("k", "newer");
    expect(await editor.undo.restore(id, NO_LIMIT)).toEqual({
      restored: [],
      skipped: [{ key: full("k"), because: "conflict" }],
    });
    expect(await redis.get(full("k"))).toBe("newer");
    await put("k", "new");
    expect(await editor.undo.restore(id, NO_LIMIT)).toMatchObject({ restored: [full("k")] });
    expect(await redis.get(full("k"))).toBe("old");
  });

  it("undoes a TTL only while it is the one that was set", async () => {
    await put("k", "v", 60_000);
    const expires = await redis.pexpiretime(full("k"));
    const list = [{ key: full("k"), expected: seen("v") }];
    const [first, second] = [newAct("ttl"), newAct("ttl")];
    await editor.setTtl(list, "none", first);
    await editor.setTtl(list, 1_000_000, second);
    expect((await editor.undo.restore(first.id, NO_LIMIT))?.skipped).toMatchObject([{ because: "conflict" }]);
    await editor.undo.restore(second.id, NO_LIMIT);
    expect(await redis.pttl(full("k"))).toBe(-1);
    await editor.undo.restore(first.id, NO_LIMIT);
    expect(await redis.pexpiretime(full("k"))).toBe(expires);
    await expectExact();
  });

  it("does not revive what would have expired by now", async () => {
    await put("k", "short", 30);
    const id = await edit("k", "short", "long", 60_000);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect((await editor.undo.restore(id, NO_LIMIT))?.skipped).toEqual([{ key: full("k"), because: "expired" }]);
    expect(await redis.get(full("k"))).toBe("long");
    expect(await editor.undo.find(id)).toBeNull();
  });

  it("obeys the quota without evicting anybody", async () => {
    await put("k", "0123456789");
    const id = newAct("delete").id;
    await editor.remove([{ key: full("k"), expected: seen("0123456789") }], { id, by: "ann", action: "delete" });
    await put("other", "01234567890123456789");
    expect((await editor.undo.restore(id, { limitBytes: 25 }))?.skipped).toMatchObject([{ because: "over-quota" }]);
    expect(await redis.exists(full("k"))).toBe(0);
    expect((await editor.undo.restore(id, { limitBytes: 30 }))?.restored).toEqual([full("k")]);
    await expectExact();
  });

  it("does not overwrite a lock that is held now", async () => {
    const id = await edit("k", null, "token");
    await redis.zadd(locks, 1, full("k"));
    expect((await editor.undo.restore(id, NO_LIMIT))?.skipped).toMatchObject([{ because: "lock-held" }]);
    expect(await redis.get(full("k"))).toBe("token");
  });

  it("survives a foreign clearAll, which deletes the whole namespace", async () => {
    await put("k", "precious");
    const { id } = newAct();
    await editor.remove([{ key: full("k"), expected: seen("precious") }], { id, by: "ann", action: "delete" });
    await redis.del(...(await redis.keys("prod:*")), "prod:none");
    expect((await editor.undo.restore(id, NO_LIMIT))?.restored).toEqual([full("k")]);
    expect(await redis.get(full("k"))).toBe("precious");
    await expectExact();
  });

  it("knows no record after its hour", async () => {
    const id = await edit("k", null, "v");
    const names = await redis.keys(`keydeck:prod:undo:act:${id}*`);
    expect(names.length).toBe(2);
    for (const name of names) {
      expect(await redis.pttl(name)).toBeGreaterThan(3_590_000);
      await redis.del(name);
    }
    await redis.zadd("keydeck:prod:undo:index", Date.now() - 1, id);
    expect(await editor.undo.restore(id, NO_LIMIT)).toBeNull();
    await edit("other", null, "v");
    expect(await redis.zcard("keydeck:prod:undo:index")).toBe(1);
  });
});

it("keeps the books exact through any mix of edits, undos and the application's own writes", async () => {
  const cache = createUserCache({ store: redis, keyspace, limitBytes: 20_000 });
  const names = Array.from({ length: 12 }, (_, index) => `k${index}`);
  const ids: string[] = [];
  // A fixed sequence of pseudo-random numbers: a failure can be repeated.
  let state = 7;
  const pick = (count: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % count;
  };
  async function step(): Promise<void> {
    const name = names[pick(names.length)]!;
    const value = "x".repeat(pick(3_000));
    const seenNow = { key: full(name), expected: await editor.fingerprint(full(name)) };
    const undo = newAct();
    ids.push(undo.id);
    const ttl = pick(2) === 0 ? 1 + pick(40) : "keep";
    const acts = [
      () =>
        editor.write(seenNow.key, Buffer.from(value), { ttl, expected: seenNow.expected, limitBytes: 20_000, undo }),
      () => editor.remove([seenNow], undo),
      () => editor.setTtl([seenNow], 1 + pick(40), undo),
      () => editor.undo.restore(ids[pick(ids.length)]!, { limitBytes: 20_000 }),
      () => cache.set(name, value, 1 + pick(40)),
      () => cache.deleteKey(name),
      () => cache.acquire(`lock-${name}`, "me", 1 + pick(40)),
    ];
    await acts[pick(acts.length)]!();
    expect(Number((await redis.get(total)) ?? 0)).toBeLessThanOrEqual(20_000);
  }
  for (let round = 0; round < 150; round++) await Promise.all([step(), step(), step(), step()]);
  await new Promise((resolve) => setTimeout(resolve, 50)); // every TTL is over
  const books = await readBooks(redis, keyspace);
  expect(books.totalBytes).toBe(books.countedBytes);
  expect(books.lru.sort()).toEqual(Object.keys(books.sizes).sort());
  expect(books.sizes).toMatchObject(books.real);
  // Who is counted though gone has just expired, and leaves before anybody is evicted.
  const ghosts = Object.keys(books.sizes).filter((name) => !(name in books.real));
  for (const name of ghosts) expect(books.expiries[name]).toBeLessThanOrEqual(Date.now());
});

describe("the undo space", () => {
  it("drops the oldest acts first and stays within its bytes", async () => {
    editor = editorWith(5_000);
    const ids = [];
    for (const name of ["a", "b", "c", "d"]) {
      await put(name, "x".repeat(1_500));
      ids.push(await edit(name, "x".repeat(1_500), "y"));
    }
    const { records, bytes } = await editor.undo.list();
    expect(records.map(({ id }) => id)).toEqual([ids[3], ids[2]]);
    expect(bytes).toBeLessThanOrEqual(5_000);
    expect(await redis.keys(`keydeck:prod:undo:act:${ids[0]}*`)).toEqual([]);
  });

  it("says so when a before-image can never fit, and then changes nothing", async () => {
    editor = editorWith(1_000);
    await put("k", "x".repeat(2_000));
    const list = [{ key: full("k"), expected: seen("x".repeat(2_000)) }];
    expect(await editor.remove(list, newAct())).toEqual(["undo-full"]);
    expect(await redis.strlen(full("k"))).toBe(2_000);
    expect(await editor.remove(list, null)).toEqual(["ok"]);
    expect(await editor.undo.list()).toEqual({ records: [], bytes: 0 });
  });

  it("drops a record of thousands of keys in short steps", async () => {
    const names = Array.from({ length: 3_000 }, (_, index) => full(`k${index}`));
    await redis.mset(names.flatMap((name) => [name, "x".repeat(100)]));
    const list = names.map((key) => ({ key, expected: lengthFingerprint("string", 100) }));
    editor = editorWith(1_500_000);
    expect(new Set(await editor.remove(list, newAct("bulk-delete")))).toEqual(new Set(["ok"]));
    await put("large", "x".repeat(900_000));
    await edit("large", "x".repeat(900_000), "y");
    const { records, bytes } = await editor.undo.list();
    expect(records).toMatchObject([{ count: 1, bytes: 900_000 }]);
    expect(bytes).toBeLessThanOrEqual(1_500_000);
    const images = await redis.keys("keydeck:prod:undo:*");
    const lengths = await Promise.all(images.map((image) => redis.strlen(image).catch(() => 0)));
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(1_500_000);
  });
});
