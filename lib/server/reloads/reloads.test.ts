// Reloads as the console does and shows them, over a real Redis and real instances.

import { describe, expect, it } from "vitest";
import { startChaosProxy } from "../../testing/chaos-proxy.ts";
import { testContext } from "../../testing/context.ts";
import { until, useRedis } from "../../testing/redis.ts";
import { fails, loads, never, useReloads } from "../../testing/reloads.ts";

const redis = useRedis();
const world = useReloads(redis);

describe("a reload", () => {
  it("shows for each instance and cache when it applied, and why it failed", async () => {
    await world.join("api-1", { metadata: loads, route: loads });
    await world.join("api-2", { metadata: loads, route: fails });
    const { id } = await world.start({ caches: ["metadata", "route"], reason: "ticket 7" });
    await until(async () => (await world.cellsOf(id))["api-2 route"]?.state === "failed");
    await until(async () => (await world.cellsOf(id))["api-1 route"]?.state === "applied");
    const cells = await world.cellsOf(id);
    expect(cells["api-1 metadata"]).toMatchObject({ state: "applied", message: null });
    expect(cells["api-1 metadata"]?.latencyMs).toBeLessThan(1_000);
    expect(cells["api-2 route"]?.message).toContain("table orders is missing");
    expect(await world.matrix(id)).toMatchObject({ by: "operator", reason: "ticket 7", caches: ["metadata", "route"] });
  });

  it("names who stays silent, asks exactly those again, and sees them catch up by themselves", async () => {
    const network = await startChaosProxy(redis.port);
    await world.join("api-1", { metadata: loads });
    const cutOff = await world.join("api-2", { metadata: loads }, `redis://127.0.0.1:${network.port}`);
    await network.down();
    const { id } = await world.start({ caches: ["metadata"] });
    expect(await world.stateOf(id, "api-2 metadata")).toBe("queued");
    await until(async () => (await world.stateOf(id, "api-2 metadata")) === "silent");
    expect(await world.stateOf(id, "api-1 metadata")).toBe("applied");
    const { caches } = await world.listed();
    const { holdings } = caches.find(({ cache }) => cache === "metadata")!;
    expect(holdings.find(({ instance }) => instance === cutOff.instanceId)).toMatchObject({ state: "behind" });
    expect(await world.resend(id)).toEqual({ asked: ["api-2"] });
    const log = await world.runtime.reloads.reader.log();
    expect(log.entries[0]).toMatchObject({ only: [cutOff.instanceId], caches: ["metadata"] });
    await network.up();
    await until(async () => (await world.stateOf(id, "api-2 metadata")) === "applied");
    expect((await world.matrix(id)).open).toBe(false);
    await cutOff.close();
    await network.close();
  });

  it("refuses to ask again where nobody is silent", async () => {
    await world.join("api-1", { metadata: loads });
    const { id } = await world.start({ caches: ["metadata"] });
    await until(async () => (await world.stateOf(id, "api-1 metadata")) === "applied");
    await expect(world.resend(id)).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("shows that a loader is at work, and for how long", async () => {
    await world.join("api-1", { metadata: never });
    const { id } = await world.start({ caches: ["metadata"] });
    await until(async () => (await world.stateOf(id, "api-1 metadata")) === "rebuilding");
    expect((await world.matrix(id)).deadlineAt).toBeGreaterThan((await world.matrix(id)).asOf);
  });

  it("says of an older reload that a newer one took its place", async () => {
    await world.join("api-1", { metadata: loads });
    const first = await world.start({ caches: ["metadata"] });
    await until(async () => (await world.stateOf(first.id, "api-1 metadata")) === "applied");
    const second = await world.start({ caches: ["metadata"] });
    await until(async () => (await world.stateOf(second.id, "api-1 metadata")) === "applied");
    // The console heard the first answer itself, so it still knows it.
    expect(await world.stateOf(first.id, "api-1 metadata")).toBe("applied");
    const other = testContext({ redis: redis.uri });
    await other.runtime.connections.ready();
    const elsewhere = await world.matrix(first.id, other.context);
    expect(elsewhere.cells[0]?.state).toBe("superseded");
    await other.close();
  });

  it("reaches what depends on a table, an application's own tables included", async () => {
    const instance = await world.join("api-1", { metadata: loads, prices: loads });
    instance.reload.map({ products: ["prices"] });
    instance.members.beatSoon();
    await until(async () => (await world.listed()).tables.some(({ table }) => table === "products"));
    const { id } = await world.start({ table: "products" });
    expect(await world.matrix(id)).toMatchObject({ table: "products", caches: ["prices"] });
    await until(async () => (await world.stateOf(id, "api-1 prices")) === "applied");
  });

  it.each([{ caches: ["nobody-knows-it"] }, { table: "nobody_knows_it" }])(
    "refuses %j, which nobody knows, and publishes nothing",
    async (body) => {
      await expect(world.start(body)).rejects.toMatchObject({ code: "NOT_FOUND" });
      expect((await world.runtime.reloads.reader.log()).entries).toEqual([]);
    },
  );

  it("of an unknown id is not found", async () => {
    await expect(world.matrix("1-1")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("is on record with its reason", async () => {
    await world.start({ caches: ["guard"], reason: "ticket 8" });
    const rows = await redis.connect().xrange("keydeck:test:audit", "-", "+");
    const records = rows.map(([, [, json]]) => JSON.parse(json ?? ""));
    expect(records.at(-1)).toMatchObject({
      action: "reloads.publish",
      target: "guard",
      reason: "ticket 8",
      outcome: "ok",
    });
  });
});

describe("the list of caches", () => {
  it("tells who serves an older generation and since when", async () => {
    await world.join("api-1", { metadata: loads });
    const slow = await world.join("api-2", { metadata: fails });
    const { id } = await world.start({ caches: ["metadata"] });
    await until(async () => (await world.stateOf(id, "api-2 metadata")) === "failed");
    await until(async () => (await world.trace()).signals[0]?.reload === id);
    const { caches, asOf } = await world.listed();
    const metadata = caches.find(({ cache }) => cache === "metadata");
    const behind = metadata?.holdings.find(({ instance }) => instance === slow.instanceId);
    expect(behind).toMatchObject({ state: "failed", message: expect.stringContaining("orders") });
    expect(asOf - (behind?.behindSince ?? 0)).toBeLessThan(10_000);
    expect(metadata).toMatchObject({
      lastReload: id,
      channels: expect.arrayContaining(["enfyra:metadata-cache-sync:test"]),
    });
    expect(metadata?.tables).toEqual(expect.arrayContaining(["enfyra_table", "table_definition"]));
  });

  it("counts an instance that started after the last reload as current", async () => {
    await world.start({ caches: ["metadata"] });
    await world.join("api-1", { metadata: loads });
    const metadata = (await world.listed()).caches.find(({ cache }) => cache === "metadata");
    expect(metadata?.holdings).toMatchObject([{ state: "current", behindSince: null }]);
  });
});

describe("the preview", () => {
  it("counts instances and database loads, and says how long it took before", async () => {
    await world.join("api-1", { metadata: loads, route: loads });
    await world.join("api-2", { metadata: loads });
    const { id } = await world.start({ caches: ["metadata"] });
    await until(async () => !(await world.matrix(id)).open);
    const planned = await world.preview({ caches: ["metadata", "route"] });
    expect(planned.databaseLoads).toBe(3);
    expect(planned.caches).toMatchObject([
      { cache: "metadata", holders: 2, databaseLoads: 2, typicalMs: expect.any(Number) },
      { cache: "route", holders: 1, databaseLoads: 1 },
    ]);
    expect(planned).toMatchObject({ role: "operator", confirm: null, warnings: [] });
    expect(planned.channels).toContainEqual({ channel: "enfyra:metadata-cache-sync:test", receivers: 2 });
    expect((await world.runtime.reloads.reader.log()).entries).toHaveLength(1);
  });

  it("warns hard of what wipes the namespace, and asks an admin to type it", async () => {
    const planned = await world.preview({ caches: ["bootstrap"] });
    expect(planned).toMatchObject({ role: "admin", confirm: "bootstrap" });
    expect(planned.warnings).toMatchObject([{ level: "bad", sentence: expect.stringContaining("delete all keys") }]);
    await expect(world.start({ caches: ["bootstrap"], confirm: "bootstrap" })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    const admin = world.console.as("admin");
    await expect(world.start({ caches: ["bootstrap"] }, admin)).rejects.toMatchObject({
      code: "CONFIRMATION_REQUIRED",
    });
    expect((await world.runtime.reloads.reader.log()).entries).toEqual([]);
    await world.start({ caches: ["bootstrap"], confirm: "bootstrap" }, admin);
    expect((await world.runtime.reloads.reader.log()).entries).toHaveLength(1);
  });

  it("asks for the word where a server may hear that drops all sockets, and not where nobody can", async () => {
    await world.join("api-1", { websocket: loads });
    expect(await world.preview({ caches: "all" })).toMatchObject({ confirm: null, warnings: [{ level: "warn" }] });
    await world.stranger().subscribe("enfyra:cache-orchestrator-sync:test");
    expect(await world.preview({ caches: "all" })).toMatchObject({
      confirm: "all",
      role: "admin",
      warnings: [{ level: "bad" }],
    });
    expect((await world.preview({ caches: ["guard"] })).confirm).toBeNull();
  });
});

it("tells open pages within half a second that somebody answered", async () => {
  await world.join("api-1", { metadata: loads });
  const lags: number[] = [];
  for (let round = 0; round < 3; round++) {
    const told: number[] = [];
    const leave = world.runtime.live.subscribe(({ kind, at }) => kind === "reloads" && told.push(at));
    const { id } = await world.start({ caches: ["metadata"] });
    await until(async () => (await world.stateOf(id, "api-1 metadata")) === "applied");
    const answeredAt = (await world.cellsOf(id))["api-1 metadata"]?.since ?? 0;
    await until(() => told.some((at) => at >= answeredAt));
    lags.push(told.find((at) => at >= answeredAt)! - answeredAt);
    leave();
  }
  // A busy machine slows some rounds, a late hint all.
  expect(Math.min(...lags)).toBeLessThan(500);
});
