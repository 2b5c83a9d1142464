import { afterAll, beforeAll, expect, it } from "vitest";
import { createKeyspace } from "../core/keyspace.ts";
import { type Connections, createConnections } from "../core/redis/connections.ts";
import { useRedis } from "../testing/redis.ts";
import { enfyraReloadList, readEnfyraReloads } from "./enfyra-reloads.ts";

const redis = useRedis();
const keyspace = createKeyspace("prod");
let connections: Connections;

beforeAll(() => {
  connections = createConnections({ uri: redis.uri });
});
afterAll(() => connections.close());

const record = {
  reloadId: "x",
  flow: "guard",
  table: "enfyra_guard",
  status: "done",
  durationMs: 31.4,
  instanceId: "f",
};

it("reads what servers wrote, in either form of time, and leaves out what is none", async () => {
  const steps = [{ name: "guard", durationMs: 30 }, null, { name: 7 }];
  const failed = { ...record, status: "failed", error: "no such table", completedAt: "2026-11-21T10:00:00.000Z" };
  await redis
    .connect()
    .rpush(
      enfyraReloadList(keyspace),
      JSON.stringify({ ...record, completedAt: 1_000, steps }),
      JSON.stringify(failed),
      "no JSON",
      "null",
      JSON.stringify({ ...record, completedAt: "yesterday" }),
      JSON.stringify({ ...record, instanceId: 7, completedAt: 1 }),
    );
  const common = { instanceId: "f", table: "enfyra_guard", flow: "guard", durationMs: 31 };
  expect(await readEnfyraReloads(connections, keyspace)).toEqual([
    { ...common, ok: true, completedAt: 1_000, steps: ["guard"], message: null },
    { ...common, ok: false, completedAt: Date.parse(failed.completedAt), steps: [], message: "no such table" },
  ]);
});

it("finds nothing where there is nothing, or something else", async () => {
  expect(await readEnfyraReloads(connections, keyspace)).toEqual([]);
  await redis.connect().set(enfyraReloadList(keyspace), "text");
  expect(await readEnfyraReloads(connections, keyspace)).toEqual([]);
});
