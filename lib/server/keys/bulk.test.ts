// Bulk acts as a browser drives them: dry run, typed confirmation, progress, stop, undo.

import { describe, expect, it } from "vitest";
import type { BulkState } from "../../contracts/key-bulk.ts";
import { createKeyspace } from "../../core/keyspace.ts";
import { EDIT_BATCH } from "../../core/user-cache/editor.ts";
import { toKeyId } from "../../explorer/bytes.ts";
import { useApi } from "../../testing/api.ts";
import { type Answer, sender } from "../../testing/editing.ts";
import { until, useRedis } from "../../testing/redis.ts";
import { expectExactBooks } from "../../testing/user-cache-books.ts";
import type { Context } from "../context.ts";

const redis = useRedis();
const keyspace = createKeyspace("test");
const full = (name: string) => keyspace.userCachePrefix + name;
const idOf = (name: string) => toKeyId(Buffer.from(name));
const byFilter = (search: string) => ({ filter: { search } });

/** Keys as the application would have written them. */
async function fill(count: number, prefix = "k", value = "0123456789"): Promise<void> {
  const client = redis.connect();
  const { lru, sizes, total } = keyspace.userCacheMeta;
  for (let first = 0; first < count; first += 1_000) {
    const names = Array.from({ length: Math.min(1_000, count - first) }, (_, index) =>
      full(`${prefix}${first + index}`),
    );
    await client.mset(names.flatMap((name) => [name, value]));
    await client.hset(sizes, ...names.flatMap((name) => [name, value.length]));
    await client.zadd(lru, ...names.flatMap((name, index) => [first + index, name]));
    await client.incrby(total, names.length * value.length);
  }
}

function bulk(send: ReturnType<typeof sender>) {
  const settled = async (id: string): Promise<BulkState> => {
    let state: Answer | undefined;
    await until(async () => {
      state = await send("getBulk", { id });
      return !["planning", "running"].includes(String(state.state));
    });
    return state as unknown as BulkState;
  };
  return {
    settled,
    plan: async (act: object, select: object) => settled(String((await send("planBulk", { act, select })).id)),
  };
}

describe("a bulk act", () => {
  const api = useApi(redis);
  const send = sender(api);
  const { plan, settled } = bulk(send);

  it("is first a dry run, which changes nothing and says what cannot be changed and why", async () => {
    await fill(30);
    const client = redis.connect();
    await api.runtime.userCache.acquire("k-lock", "me", 60_000);
    await client.set("test:k-custom", "v");
    expect((await plan({ action: "delete" }, { filter: { classes: "user-cache" } })).plan.count).toBe(30);
    expect((await plan({ action: "delete" }, { filter: {} })).plan.count).toBe(30);
    const planned = await plan({ action: "delete" }, byFilter("k"));
    expect(planned).toMatchObject({
      state: "ready",
      action: "delete",
      by: "olga",
      confirm: null,
      undoId: null,
      plan: { complete: true, count: 30, bytes: 300, undo: { possible: true } },
    });
    expect(planned.plan.sample).toHaveLength(20);
    expect(Object.entries(planned.plan.refused).map(([because, count]) => [because.slice(0, 12), count])).toEqual(
      expect.arrayContaining([
        ["This key is ", 1],
        ["Custom keys ", 1],
      ]),
    );
    expect(await client.exists(full("k0"), full("k29"))).toBe(2);
  });

  it("deletes exactly its frozen list, skips what changed since, and comes back with one undo", async () => {
    await fill(250);
    const planned = await plan({ action: "delete" }, byFilter("k"));
    const client = redis.connect();
    await client.set(full("k1"), "changed");
    await client.del(full("k2"));
    await client.set(full("k-late"), "v");
    await client.zadd(keyspace.userCacheMeta.locks, 1, full("k3"));
    expect(await send("runBulk", { id: planned.id, reason: "cleanup" })).toMatchObject({ status: 200 });
    const done = await settled(planned.id);
    expect(done).toMatchObject({
      state: "done",
      progress: { done: 250, changed: 247, skipped: 3 },
      undoId: planned.id,
    });
    expect(new Map(done.skipped.map(({ name, because }) => [name, because]))).toEqual(
      new Map([
        [full("k1"), "changed since the dry run"],
        [full("k2"), "gone already"],
        [full("k3"), "a lock that somebody holds"],
      ]),
    );
    expect((await client.keys(full("*"))).sort()).toEqual([full("k-late"), full("k1"), full("k3")].sort());
    const { entries } = await send("listUndo");
    expect(entries).toMatchObject([{ id: planned.id, action: "bulk-delete", count: 247, bytes: 2_470 }]);

    const undone = await send("undo", { id: planned.id });
    expect((undone.restored as string[]).length).toBe(247);
    expect(await client.get(full("k249"))).toBe("0123456789");
    await client.zrem(keyspace.userCacheMeta.locks, full("k3"));
    await api.runtime.userCache.reconcile();
    await expectExactBooks(client, keyspace);
  });

  it("sets TTLs of a selection, undone to the millisecond", async () => {
    await fill(3);
    const client = redis.connect();
    await client.pexpire(full("k0"), 5_000_000);
    const before = await client.pexpiretime(full("k0"));
    const keys = [full("k0"), full("k1"), full("none"), "other:user_cache:k2"].map(idOf);
    const planned = await plan({ action: "ttl", ttl: { ms: 60_000 } }, { keys });
    expect(planned.plan).toMatchObject({ count: 2, refused: { "gone already": 1, "not in this namespace": 1 } });
    await send("runBulk", { id: planned.id });
    expect(await settled(planned.id)).toMatchObject({ state: "done", progress: { changed: 2 } });
    expect(await client.pttl(full("k1"))).toBeGreaterThan(50_000);
    expect(await client.pttl(full("k2"))).toBe(-1);
    await send("undo", { id: planned.id });
    expect([await client.pexpiretime(full("k0")), await client.pttl(full("k1"))]).toEqual([before, -1]);
  });

  it("runs once, by its author or an admin", async () => {
    await fill(2);
    const planned = await plan({ action: "delete" }, byFilter("k"));
    const { bulk: runner } = api.runtime;
    const actor = {
      name: "bob",
      role: "operator",
      via: "session",
      address: "::1",
      until: null,
      isCurrent: () => true,
    } as const;
    const context: Context = { runtime: api.runtime, actor, signal: new AbortController().signal };
    await expect(runner.run(context, planned.id, {})).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(() => runner.stop(context, planned.id)).toThrow(/olga/);
    const runs = await Promise.all([1, 2].map(() => send("runBulk", { id: planned.id, as: "admin" })));
    expect(runs.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await send("getBulk", { id: "none" })).toMatchObject({ status: 404, code: "NOT_FOUND" });
  });

  it("is on record from its beginning to its end", async () => {
    await fill(2);
    const planned = await plan({ action: "delete", forGood: true }, byFilter("k"));
    expect(planned.plan.undo.possible).toBe(false);
    await send("runBulk", { id: planned.id, reason: "why not" });
    expect(await settled(planned.id)).toMatchObject({ state: "done", undoId: null });
    await until(async () => (await redis.connect().xlen("keydeck:test:audit")) === 2);
    const rows = await redis.connect().xrange("keydeck:test:audit", "-", "+");
    expect(rows.map(([, [, json]]) => JSON.parse(json ?? ""))).toMatchObject([
      {
        action: "keys.bulk-delete-for-good",
        phase: "begin",
        reason: "why not",
        target: expect.stringMatching(/^2 keys/),
      },
      { phase: "end", outcome: "ok", after: "done: 2 changed, 0 skipped, 0 not reached" },
    ]);
  });

  it("refuses a TTL that is none before it plans anything", async () => {
    for (const ms of [0, "60", 1e99])
      expect(await send("planBulk", { act: { action: "ttl", ttl: { ms } }, select: byFilter("k") })).toMatchObject({
        status: 422,
        code: "TTL_INVALID",
      });
  });
});

describe("20,000 keys", () => {
  const api = useApi(redis);
  const send = sender(api);
  const { plan, settled } = bulk(send);

  it("ask for the typed count, can be stopped midway, undone, and never hold Redis up", async () => {
    await fill(20_000);
    const client = redis.connect();
    const planned = await plan({ action: "delete" }, byFilter("k"));
    expect(planned).toMatchObject({ confirm: "delete 20000 keys", plan: { count: 20_000, bytes: 200_000 } });
    expect(await send("runBulk", { id: planned.id })).toMatchObject({ status: 422, code: "CONFIRMATION_REQUIRED" });
    await client.config("SET", "slowlog-log-slower-than", "5000");
    await client.call("SLOWLOG", "RESET");

    expect(await send("runBulk", { id: planned.id, confirm: "delete 20000 keys" })).toMatchObject({ state: "running" });
    await until(async () => ((await send("getBulk", { id: planned.id })).progress as { done: number }).done > 3_000);
    await send("stopBulk", { id: planned.id });
    const stopped = await settled(planned.id);
    expect(stopped.state).toBe("stopped");
    const { changed } = stopped.progress;
    expect(changed).toBeGreaterThan(3_000);
    expect(changed).toBeLessThan(20_000);
    expect((await client.keys(full("*"))).length).toBe(20_000 - changed);

    const undone = await send("undo", { id: planned.id });
    expect((undone.restored as string[]).length).toBe(changed);
    expect(undone.skipped).toEqual([]);
    await expectExactBooks(client, keyspace);
    // A busy machine may pause any call; one that is too long by itself would be here every time.
    const slow = (await client.call("SLOWLOG", "GET", "-1")) as [number, number, number, string[]][];
    const scripts = slow.filter(([, , , [command]]) => /^eval/i.test(command ?? ""));
    expect(scripts.length).toBeLessThan(changed / EDIT_BATCH / 5);
  });
});

describe("an undo space that is too small", () => {
  const send = sender(useApi(redis, { UNDO_MAX_BYTES: "5000" }));
  const { plan, settled } = bulk(send);

  it("is said in the dry run, and then the act leaves nothing behind", async () => {
    await fill(30);
    const planned = await plan({ action: "delete" }, byFilter("k"));
    expect(planned.plan.undo).toMatchObject({ possible: false, because: expect.stringMatching(/UNDO_MAX_BYTES=5000/) });
    await send("runBulk", { id: planned.id });
    expect(await settled(planned.id)).toMatchObject({ state: "done", progress: { changed: 30 }, undoId: null });
    expect(await redis.connect().keys("keydeck:test:undo:*")).toEqual([]);
  });
});
