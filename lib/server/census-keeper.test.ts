import { afterEach, beforeEach, expect, it } from "vitest";
import { createKeyspace } from "../core/keyspace.ts";
import { type Connections, createConnections } from "../core/redis/connections.ts";
import { until, useRedis } from "../testing/redis.ts";
import { type CensusKeeper, type CensusKeeperOptions, createCensusKeeper } from "./census-keeper.ts";

const redis = useRedis();
let connections: Connections;
let keepers: CensusKeeper[] = [];

beforeEach(async () => {
  connections = createConnections({ uri: redis.uri });
  await connections.ready();
});
afterEach(async () => {
  for (const keeper of keepers) keeper.close();
  keepers = [];
  await connections.close();
});

function keep(options: Partial<CensusKeeperOptions> = {}) {
  let events = 0;
  const keeper = createCensusKeeper({
    connections,
    keyspace: createKeyspace("prod"),
    publish: () => void events++,
    ...options,
  });
  keepers.push(keeper);
  return { keeper, events: () => events };
}

async function fill(count: number, prefix: string, bytes = 10) {
  const pipeline = connections.client.pipeline();
  for (let index = 0; index < count; index++) pipeline.set(`${prefix}${index}`, "v".repeat(bytes), "PX", 600_000);
  await pipeline.exec();
}

async function scans(): Promise<number> {
  const stats = String(await connections.call("INFO", "commandstats"));
  return Number(/cmdstat_scan:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

it("counts keys, memory and missing TTLs per class, and lists the largest and the lasting", async () => {
  await fill(50, "prod:user_cache:");
  await fill(7, "prod:rl:");
  await fill(500, "other:");
  await connections.call("SET", "prod:user_cache:lasting", "v");
  await connections.call("SET", "prod:user_cache:big", "v".repeat(10_000), "PX", 600_000);
  await connections.call("SET", "prod:custom", "v");
  const { keeper } = keep();
  const census = await keeper.get();
  expect(census).toMatchObject({ complete: true, running: false, examined: 560, total: 560 });
  const counts = Object.fromEntries(census.classes.map((one) => [one.class, [one.count, one.withoutTtl]]));
  expect(counts).toEqual({ "user-cache": [52, 1], "rate-limit": [7, 0], custom: [1, 1] });
  expect(census.biggest[0]?.logicalName).toBe("big");
  expect(census.biggest).toHaveLength(20);
  expect(census.withoutTtl.map(({ logicalName }) => logicalName)).toEqual(["lasting"]);
  const memory = census.classes.find((one) => one.class === "user-cache")?.memoryBytes ?? 0;
  expect(memory).toBeGreaterThan(10_000);
});

it("walks once for many who ask, and not again while the figures are fresh", async () => {
  await fill(100, "prod:user_cache:");
  await connections.call("CONFIG", "RESETSTAT");
  const { keeper, events } = keep();
  await Promise.all([keeper.get(), keeper.get(), keeper.get()]);
  await until(async () => !(await keeper.get()).running);
  const once = await scans();
  expect(once).toBeLessThanOrEqual(4);
  await keeper.get({ refresh: true });
  expect(await scans()).toBe(once);
  expect(events()).toBe(1);
});

it("keeps a finished census on show until the next one is finished", async () => {
  await fill(30_000, "prod:user_cache:");
  const { keeper } = keep({ refreshMs: 0 });
  await until(async () => (await keeper.get()).complete);
  const { asOf } = await keeper.get();
  expect(await keeper.get({ refresh: true })).toMatchObject({ asOf, running: true });
  await until(async () => {
    const census = await keeper.get();
    expect(census.complete).toBe(true);
    return census.asOf !== asOf;
  });
});

it("shows what it has counted so far, and gives up when nobody asks any more", async () => {
  await fill(60_000, "prod:user_cache:");
  const { keeper } = keep({ idleMs: 1_500 });
  expect((await keeper.get()).running).toBe(true);
  await until(async () => (await keeper.get()).asOf !== null, 5_000);
  const part = await keeper.get();
  if (part.running) {
    expect(part.complete).toBe(false);
    expect(part.examined).toBeLessThan(60_000);
  }
  await new Promise((resolve) => setTimeout(resolve, 2_700));
  const calls = await scans();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await scans()).toBe(calls);
});

it("does not make keys look used", async () => {
  await fill(10, "prod:rl:");
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  const { keeper } = keep();
  // The lists describe their few keys; the walk itself must leave the others alone.
  await fill(30, "prod:user_cache:big", 5_000);
  await keeper.get();
  expect(Number(await connections.call("OBJECT", "IDLETIME", "prod:rl:3"))).toBeGreaterThan(0);
});

it("needs neither scripts nor MEMORY to count", async () => {
  await fill(20, "prod:user_cache:");
  await connections.call("ACL", "SETUSER", "narrow", "on", ">secret", "~*", "+@all", "-@scripting", "-memory");
  const narrow = createConnections({ uri: redis.uri.replace("redis://", "redis://narrow:secret@") });
  await narrow.ready();
  const { keeper } = keep({ connections: narrow });
  const census = await keeper.get();
  expect(census.classes).toEqual([{ class: "user-cache", count: 20, memoryBytes: 0, withoutTtl: 0 }]);
  await narrow.close();
});

it("fails like everything else while Redis is away and there is nothing to show", async () => {
  const { keeper } = keep();
  await connections.close();
  await expect(keeper.get()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
});
