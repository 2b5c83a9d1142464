// Reloads as the console does and shows them, over a real Redis and real instances.

import type { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type * as z from "zod";
import {
  resendReload as again,
  startReload as begin,
  getReload as get,
  listReloads as list,
  previewReload as plan,
  type ReloadCell,
  traceReloads as tail,
} from "../../contracts/reloads.ts";
import { type ClusterInstance, createCluster, type ReloadStatus } from "../../core/index.ts";
import { startChaosProxy } from "../../testing/chaos-proxy.ts";
import { type TestContext, testContext } from "../../testing/context.ts";
import { until, useRedis } from "../../testing/redis.ts";
import type { Context } from "../context.ts";
import { listReloads } from "./list.ts";
import { getReload } from "./matrix.ts";
import { previewReload } from "./plan.ts";
import { resendReload, startReload } from "./start.ts";
import { traceReloads } from "./trace.ts";

const redis = useRedis();
let console_: TestContext;
const instances: ClusterInstance[] = [];
const strangers: Redis[] = [];

beforeEach(async () => {
  console_ = testContext({ redis: redis.uri });
  await console_.runtime.connections.ready();
  await until(() => console_.runtime.reloads.watch.listening.since !== null);
});

afterEach(async () => {
  await Promise.all(instances.splice(0).map((instance) => instance.close()));
  for (const stranger of strangers.splice(0)) stranger.disconnect();
  await console_.close();
});

type Loader = () => Promise<unknown>;

/** An instance that holds these caches, once the cluster knows of it. */
async function join(name: string, caches: Record<string, Loader>, uri = redis.uri): Promise<ClusterInstance> {
  const instance = createCluster({ redis: uri, nodeName: "test", application: { name } });
  instances.push(instance);
  for (const [cache, load] of Object.entries(caches)) instance.reload.register(cache, load);
  await instance.reload.ready();
  instance.members.beatSoon();
  await until(async () => {
    const { members } = await console_.runtime.members.members();
    const found = members.find(({ id }) => id === instance.instanceId);
    const section = found?.manifest?.sections.reload as ReloadStatus | undefined;
    return section?.subscriber === "ready" && section.caches.length === Object.keys(caches).length;
  });
  return instance;
}

/** A program that embeds nothing of ours. */
function stranger(): Redis {
  const client = redis.connect();
  strangers.push(client);
  return client;
}

const loads: Loader = async () => "loaded";
const fails: Loader = async () => {
  throw new Error("table orders is missing");
};
const never: Loader = () => new Promise(() => {});

const listed = () => ask(list, listReloads, {});
const preview = (body: object, context = console_.context) =>
  ask(plan, previewReload, { body: { staggerMs: 0, ...body } }, context);
const start = (body: object, context = console_.context) =>
  ask(begin, startReload, { body: { staggerMs: 0, deadlineMs: 30_000, ...body } }, context);
const matrix = (id: string, context = console_.context) => ask(get, getReload, { params: { id } }, context);
const resend = (id: string) => ask(again, resendReload, { params: { id }, body: {} });
const trace = (query: object = {}, context = console_.context) =>
  ask(tail, traceReloads, { query: { limit: 200, ...query } }, context);

/** As the route does: the reply passes the endpoint's own schema. */
async function ask<R extends z.ZodType>(
  { reply }: { readonly reply: R },
  service: unknown,
  input: object,
  context: Context = console_.context,
): Promise<z.output<R>> {
  return reply.parse(await (service as (context: Context, input: object) => Promise<unknown>)(context, input));
}

async function cellsOf(id: string): Promise<Record<string, ReloadCell>> {
  const { instances: people, cells } = await matrix(id);
  const nameOf = (id: string) => people.find((one) => one.id === id)?.name;
  return Object.fromEntries(cells.map((cell) => [`${nameOf(cell.instance)} ${cell.cache}`, cell]));
}

async function stateOf(id: string, cell: string): Promise<string | undefined> {
  return (await cellsOf(id))[cell]?.state;
}

describe("a reload", () => {
  it("shows for each instance and cache when it applied, and why it failed", async () => {
    await join("api-1", { metadata: loads, route: loads });
    await join("api-2", { metadata: loads, route: fails });
    const { id } = await start({ caches: ["metadata", "route"], reason: "ticket 7" });
    await until(async () => (await cellsOf(id))["api-2 route"]?.state === "failed");
    await until(async () => (await cellsOf(id))["api-1 route"]?.state === "applied");
    const cells = await cellsOf(id);
    expect(cells["api-1 metadata"]).toMatchObject({ state: "applied", message: null });
    expect(cells["api-1 metadata"]?.latencyMs).toBeLessThan(1_000);
    expect(cells["api-2 route"]?.message).toContain("table orders is missing");
    expect(await matrix(id)).toMatchObject({ by: "operator", reason: "ticket 7", caches: ["metadata", "route"] });
  });

  it("names who stays silent, asks exactly those again, and sees them catch up by themselves", async () => {
    const network = await startChaosProxy(redis.port);
    await join("api-1", { metadata: loads });
    const cutOff = await join("api-2", { metadata: loads }, `redis://127.0.0.1:${network.port}`);
    await network.down();
    const { id } = await start({ caches: ["metadata"] });
    expect(await stateOf(id, "api-2 metadata")).toBe("queued");
    await until(async () => (await stateOf(id, "api-2 metadata")) === "silent");
    expect(await stateOf(id, "api-1 metadata")).toBe("applied");
    const { caches } = await listed();
    const { holdings } = caches.find(({ cache }) => cache === "metadata")!;
    expect(holdings.find(({ instance }) => instance === cutOff.instanceId)).toMatchObject({ state: "behind" });
    expect(await resend(id)).toEqual({ asked: ["api-2"] });
    const log = await console_.runtime.reloads.reader.log();
    expect(log.entries[0]).toMatchObject({ only: [cutOff.instanceId], caches: ["metadata"] });
    await network.up();
    await until(async () => (await stateOf(id, "api-2 metadata")) === "applied");
    expect((await matrix(id)).open).toBe(false);
    await cutOff.close();
    await network.close();
  });

  it("refuses to ask again where nobody is silent", async () => {
    await join("api-1", { metadata: loads });
    const { id } = await start({ caches: ["metadata"] });
    await until(async () => (await stateOf(id, "api-1 metadata")) === "applied");
    await expect(resend(id)).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("shows that a loader is at work, and for how long", async () => {
    await join("api-1", { metadata: never });
    const { id } = await start({ caches: ["metadata"] });
    await until(async () => (await stateOf(id, "api-1 metadata")) === "rebuilding");
    expect((await matrix(id)).deadlineAt).toBeGreaterThan((await matrix(id)).asOf);
  });

  it("says of an older reload that a newer one took its place", async () => {
    await join("api-1", { metadata: loads });
    const first = await start({ caches: ["metadata"] });
    await until(async () => (await stateOf(first.id, "api-1 metadata")) === "applied");
    const second = await start({ caches: ["metadata"] });
    await until(async () => (await stateOf(second.id, "api-1 metadata")) === "applied");
    // The console heard the first answer itself, so it still knows it.
    expect(await stateOf(first.id, "api-1 metadata")).toBe("applied");
    const other = testContext({ redis: redis.uri });
    await other.runtime.connections.ready();
    const elsewhere = await matrix(first.id, other.context);
    expect(elsewhere.cells[0]?.state).toBe("superseded");
    await other.close();
  });

  it("reaches what depends on a table, an application's own tables included", async () => {
    const instance = await join("api-1", { metadata: loads, prices: loads });
    instance.reload.map({ products: ["prices"] });
    instance.members.beatSoon();
    await until(async () => (await listed()).tables.some(({ table }) => table === "products"));
    const { id } = await start({ table: "products" });
    expect(await matrix(id)).toMatchObject({ table: "products", caches: ["prices"] });
    await until(async () => (await stateOf(id, "api-1 prices")) === "applied");
  });

  it.each([{ caches: ["nobody-knows-it"] }, { table: "nobody_knows_it" }])(
    "refuses %j, which nobody knows, and publishes nothing",
    async (body) => {
      await expect(start(body)).rejects.toMatchObject({ code: "NOT_FOUND" });
      expect((await console_.runtime.reloads.reader.log()).entries).toEqual([]);
    },
  );

  it("of an unknown id is not found", async () => {
    await expect(matrix("1-1")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("is on record with its reason", async () => {
    await start({ caches: ["guard"], reason: "ticket 8" });
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
    await join("api-1", { metadata: loads });
    const slow = await join("api-2", { metadata: fails });
    const { id } = await start({ caches: ["metadata"] });
    await until(async () => (await stateOf(id, "api-2 metadata")) === "failed");
    await until(async () => (await trace()).signals[0]?.reload === id);
    const { caches, asOf } = await listed();
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
    await start({ caches: ["metadata"] });
    await join("api-1", { metadata: loads });
    const metadata = (await listed()).caches.find(({ cache }) => cache === "metadata");
    expect(metadata?.holdings).toMatchObject([{ state: "current", behindSince: null }]);
  });
});

describe("the preview", () => {
  it("counts instances and database loads, and says how long it took before", async () => {
    await join("api-1", { metadata: loads, route: loads });
    await join("api-2", { metadata: loads });
    const { id } = await start({ caches: ["metadata"] });
    await until(async () => !(await matrix(id)).open);
    const planned = await preview({ caches: ["metadata", "route"] });
    expect(planned.databaseLoads).toBe(3);
    expect(planned.caches).toMatchObject([
      { cache: "metadata", holders: 2, databaseLoads: 2, typicalMs: expect.any(Number) },
      { cache: "route", holders: 1, databaseLoads: 1 },
    ]);
    expect(planned).toMatchObject({ role: "operator", confirm: null, warnings: [] });
    expect(planned.channels).toContainEqual({ channel: "enfyra:metadata-cache-sync:test", receivers: 2 });
    expect((await console_.runtime.reloads.reader.log()).entries).toHaveLength(1);
  });

  it("warns hard of what wipes the namespace, and asks an admin to type it", async () => {
    const planned = await preview({ caches: ["bootstrap"] });
    expect(planned).toMatchObject({ role: "admin", confirm: "bootstrap" });
    expect(planned.warnings).toMatchObject([{ level: "bad", sentence: expect.stringContaining("delete all keys") }]);
    await expect(start({ caches: ["bootstrap"], confirm: "bootstrap" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    const admin = console_.as("admin");
    await expect(start({ caches: ["bootstrap"] }, admin)).rejects.toMatchObject({ code: "CONFIRMATION_REQUIRED" });
    expect((await console_.runtime.reloads.reader.log()).entries).toEqual([]);
    await start({ caches: ["bootstrap"], confirm: "bootstrap" }, admin);
    expect((await console_.runtime.reloads.reader.log()).entries).toHaveLength(1);
  });

  it("asks for the word where a server may hear that drops all sockets, and not where nobody can", async () => {
    await join("api-1", { websocket: loads });
    expect(await preview({ caches: "all" })).toMatchObject({ confirm: null, warnings: [{ level: "warn" }] });
    await stranger().subscribe("enfyra:cache-orchestrator-sync:test");
    expect(await preview({ caches: "all" })).toMatchObject({
      confirm: "all",
      role: "admin",
      warnings: [{ level: "bad" }],
    });
    expect((await preview({ caches: ["guard"] })).confirm).toBeNull();
  });
});

describe("a foreign server", () => {
  const ID = "f".repeat(32);

  /** As the current server does: telemetry, and later its own list of reloads. */
  async function appears(): Promise<void> {
    const client = stranger();
    const telemetry = "test:cluster-telemetry:runtime-monitor:app";
    await client.zadd(`${telemetry}:instances`, Date.now(), ID);
    await client.set(`${telemetry}:${ID}:payload`, JSON.stringify({ instanceId: ID, payload: {} }));
    await client.subscribe("enfyra:cache-orchestrator-sync:test");
  }

  it("has its reload delivered, and confirmed only by its own list", async () => {
    await appears();
    const { id } = await start({ caches: ["guard"] });
    expect((await matrix(id)).cells).toMatchObject([{ instance: ID, state: "delivered" }]);
    const record = { instanceId: ID, flow: "guard", table: "enfyra_guard", status: "done", durationMs: 31 };
    const times = { startedAt: Date.now(), completedAt: new Date().toISOString(), steps: [{ name: "guard" }] };
    await stranger().lpush("test:runtime-monitor:cache-reloads", "junk", JSON.stringify({ ...record, ...times }));
    expect((await matrix(id)).cells).toMatchObject([{ instance: ID, state: "confirmed", tookMs: 31 }]);
    expect((await matrix(id)).open).toBe(false);
  });

  it("with snapshots cannot be refreshed from the database by a signal, and the preview says so", async () => {
    await appears();
    await stranger().set("test:runtime_cache:metadata", "snapshot");
    const { mode } = await preview({ caches: ["metadata"] });
    expect(mode).toMatchObject({ foreign: "snapshots", sentence: expect.stringContaining("cannot refresh") });
  });
});

describe("the trace", () => {
  it("has each signal once, with who received it and how soon each answered", async () => {
    await join("api-1", { metadata: loads });
    await join("api-2", { metadata: loads });
    const { id } = await start({ caches: ["metadata"], reason: "for the trace" });
    await until(async () => (await trace()).signals[0]?.answers.length === 2);
    await until(async () => (await trace()).signals[0]?.reload === id);
    const { signals, listeningSince } = await trace();
    expect(listeningSince).not.toBeNull();
    expect(signals).toHaveLength(1);
    expect(signals[0]).toMatchObject({
      form: "core",
      publisher: { kind: "console" },
      caches: ["metadata"],
      reason: "for the trace",
      reload: id,
      expected: 2,
      note: null,
    });
    expect(signals[0]?.channels).toEqual(
      expect.arrayContaining([
        { channel: "enfyra:metadata-cache-sync:test", receivers: 2 },
        { channel: "enfyra:cache-orchestrator-sync:test", receivers: 2 },
      ]),
    );
  });

  it("hears foreign signals of both kinds and what nobody understands", async () => {
    await join("api-1", { guard: loads, setting: loads });
    const client = stranger();
    const head = { instanceId: "documented-server", type: "RELOAD_SIGNAL", timestamp: Date.now() };
    await client.publish("enfyra:guard-cache-sync:test", JSON.stringify(head));
    const payload = { table: "enfyra_setting", action: "reload", scope: "full", timestamp: Date.now() };
    const current = { ...head, instanceId: "current-server", payload };
    await client.publish("enfyra:cache-orchestrator-sync:test", JSON.stringify(current));
    await client.publish("enfyra:guard-cache-sync:test", "{ what");
    await until(async () => (await trace({ from: "foreign" })).signals.every(({ answers }) => answers.length === 1));
    const { signals } = await trace();
    expect(signals.map(({ form }) => form).sort()).toEqual(["documented", "malformed", "orchestrator"]);
    expect(signals.find(({ form }) => form === "malformed")?.note).toContain("{ what");
    expect((await trace({ from: "foreign" })).signals).toHaveLength(2);
    expect((await trace({ search: "setting" })).signals).toMatchObject([
      { form: "orchestrator", caches: expect.arrayContaining(["setting"]) },
    ]);
    expect((await trace({ trouble: "true" })).signals).toMatchObject([{ form: "malformed" }]);
  });

  it("says in words who listens under another name, or works on another queue prefix", async () => {
    await join("api-1", { guard: loads });
    expect((await trace()).findings).toMatchObject([{ level: "ok" }]);
    await stranger().subscribe("enfyra:guard-cache-sync");
    await stranger().subscribe("enfyra:cache-orchestrator-sync:tset");
    await stranger().subscribe("enfyra:cache-orchestrator-sync:staging");
    await stranger().client("SETNAME", `bull:${Buffer.from("sys_flow-execution").toString("base64")}:w:one`);
    const { findings } = await trace();
    const of = (name: string) => findings.find(({ id }) => id === `other:${name}`);
    expect(of("")).toMatchObject({ level: "warn", sentence: expect.stringContaining("without NODE_NAME") });
    expect(of("")?.evidence).toContain("bull:sys_flow-execution");
    expect(of("tset")?.sentence).toContain("“tset”");
    expect(of("staging")).toMatchObject({ level: "note", sentence: expect.stringContaining("“staging”") });
  });

  it("still has what the log has after the console restarts", async () => {
    await join("api-1", { guard: loads });
    const { id } = await start({ caches: ["guard"] });
    await until(async () => !(await matrix(id)).open);
    const other = testContext({ redis: redis.uri });
    await until(() => other.runtime.reloads.watch.listening.since !== null);
    const { signals } = await trace({}, other.context);
    expect(signals).toMatchObject([{ reload: id, channels: [], note: null, answers: [{ state: "applied" }] }]);
    await other.close();
  });
});

it("tells open pages within half a second that somebody answered", async () => {
  await join("api-1", { metadata: loads });
  const told: number[] = [];
  const leave = console_.runtime.live.subscribe(({ kind, at }) => kind === "reloads" && told.push(at));
  const { id } = await start({ caches: ["metadata"] });
  await until(async () => (await stateOf(id, "api-1 metadata")) === "applied");
  const answeredAt = (await cellsOf(id))["api-1 metadata"]?.since ?? 0;
  await until(() => told.some((at) => at >= answeredAt));
  expect(told.find((at) => at >= answeredAt)! - answeredAt).toBeLessThan(500);
  leave();
});
