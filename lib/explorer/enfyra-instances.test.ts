import type { Redis } from "ioredis";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createKeyspace } from "../core/keyspace.ts";
import { type Connections, createConnections } from "../core/redis/connections.ts";
import { useRedis } from "../testing/redis.ts";
import { createEnfyraReader, type EnfyraReader } from "./enfyra-instances.ts";

const redis = useRedis();
const ID = "ab".repeat(16);
const OTHER = "cd".repeat(16);
let client: Redis;
let connections: Connections;

beforeEach(() => {
  client = redis.connect();
  connections = createConnections({ uri: redis.uri });
});
afterEach(() => connections.close());

function readerOf(nodeName: string | undefined = "prod"): EnfyraReader {
  return createEnfyraReader({ connections, keyspace: createKeyspace(nodeName) });
}

/** What a server leaves every 2 s; `skewMs`: how far its clock is off. */
async function beat(id = ID, { prefix = "prod", skewMs = 0, samples = 1, rssMb = 100 } = {}): Promise<void> {
  const now = Date.now() + skewMs;
  const telemetry = `${prefix}:cluster-telemetry:runtime-monitor:app`;
  const averages = `${prefix}:runtime-monitor:${id}:averages`;
  const payload = { instanceId: id, sampledAt: now, payload: { requests: { total: 9, rps: 1.5 } } };
  await client
    .multi()
    .zadd(`${telemetry}:instances`, now, id)
    .set(`${telemetry}:${id}:payload`, JSON.stringify(payload), "PX", 10_000)
    .hincrby(averages, "samples", samples)
    .hincrbyfloat(averages, "total:rssMb", samples * rssMb)
    .hincrbyfloat(averages, "total:eventLoopLagMs", samples * 3)
    .exec();
}

function lease(id: string, agoMs: number, prefix = "prod"): Promise<unknown> {
  const updatedAt = new Date(Date.now() - agoMs).toISOString();
  const key = `${prefix}:runtime_lifecycle:lease:${id}`;
  return client.set(key, JSON.stringify({ namespace: prefix, instanceId: id, updatedAt }), "PX", 1_800_000);
}

it("reads current figures as the difference of two looks", async () => {
  const reader = readerOf();
  await beat(ID, { samples: 100, rssMb: 100 });
  const [first] = (await reader.read()).instances;
  expect(first).toMatchObject({ kind: "foreign", id: ID, state: "live", requestsPerSecond: 1.5 });
  expect(first?.figures).toMatchObject({ basis: "since start" });
  await beat(ID, { samples: 2, rssMb: 180 });
  const [second] = (await reader.read()).instances;
  expect(second?.figures?.basis).toBe("now");
  expect(second?.figures?.values.get("rssMb")).toBeCloseTo(180);
  expect(second?.figures?.values.get("eventLoopLagMs")).toBeCloseTo(3);
});

it("takes a score that moves for life, whatever the instance's clock says", async () => {
  const reader = readerOf();
  await beat(ID, { skewMs: -3_600_000 });
  await reader.read();
  await beat(ID, { skewMs: -3_599_000 });
  const [instance] = (await reader.read()).instances;
  expect(instance?.state).toBe("live");
  expect(Math.abs((instance?.clockOffsetMs ?? 0) + 3_599_000)).toBeLessThan(5_000);
});

it("does not take a lease for life: it may outlive its instance for long", async () => {
  await lease(ID, 200_000);
  await lease(OTHER, 20_000);
  const { instances } = await readerOf().read();
  const states = Object.fromEntries(instances.map(({ id, state }) => [id, state]));
  expect(states).toEqual({ [ID]: "gone", [OTHER]: "late" });
});

it("still shows who has dropped out of the telemetry", async () => {
  const reader = readerOf();
  await beat();
  await reader.read();
  await client.del("prod:cluster-telemetry:runtime-monitor:app:instances");
  expect((await reader.read()).instances).toMatchObject([{ id: ID, state: "live" }]);
});

it("finds our entries in the SQL pool, and no other's", async () => {
  await beat();
  await client.zadd("coord:sql:pool:0123456789ab:instances", 5_000, `prod:${ID}`, 6_000, `other:${OTHER}`);
  const { instances } = await readerOf().read();
  expect(instances).toMatchObject([{ id: ID, sqlPoolAt: 5_000 }]);
});

it("sees nothing of another namespace", async () => {
  await beat(OTHER, { prefix: "other" });
  await lease(OTHER, 0, "other");
  await lease(OTHER, 0, "prod2");
  expect((await readerOf().read()).instances).toEqual([]);
});

it("knows the names without NODE_NAME", async () => {
  await beat(ID, { prefix: "enfyra" });
  expect((await readerOf("").read()).instances).toMatchObject([{ id: ID, state: "live" }]);
});

it("survives whatever else stands under these names", async () => {
  const telemetry = "prod:cluster-telemetry:runtime-monitor:app";
  await client.zadd(`${telemetry}:instances`, Date.now(), "not an id", Date.now(), ID);
  await client.lpush(`${telemetry}:${ID}:payload`, "a list");
  await client.set(`prod:runtime-monitor:${ID}:averages`, "a string");
  await client.set(`prod:runtime_lifecycle:lease:${ID}`, "not JSON");
  await client.set("coord:sql:pool:x:instances", "no zset");
  expect((await readerOf().read()).instances).toMatchObject([{ id: ID, figures: null, leaseUpdatedAt: null }]);
  await client.del(`${telemetry}:instances`);
  await client.set(`${telemetry}:instances`, "no zset");
  expect((await readerOf().read()).instances).toEqual([]);
});

it("writes nothing", async () => {
  await beat();
  const before = (await client.keys("*")).sort();
  const reader = readerOf();
  await reader.read();
  await reader.read();
  expect((await client.keys("*")).sort()).toEqual(before);
});
