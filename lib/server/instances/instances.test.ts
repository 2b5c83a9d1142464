import { expect, it } from "vitest";
import {
  getInstance,
  type Instance,
  type InstanceDetail,
  type InstanceWarning,
  listInstances,
} from "../../contracts/instances.ts";
import type { LiveEvent } from "../../contracts/live.ts";
import { type ClusterInstance, type ClusterOptions, createCluster } from "../../core/cluster.ts";
import { useApi } from "../../testing/api.ts";
import { until, useRedis } from "../../testing/redis.ts";
import { route } from "../route.ts";
import { get as getService, list as listService } from "./instances.ts";

const listRoute = route(listInstances, listService);
const getRoute = route(getInstance, getService);
const redis = useRedis();
const api = useApi(redis);

interface Listed {
  instances: Instance[];
  warnings: InstanceWarning[];
  asOf: number;
}

async function list(): Promise<Listed> {
  return (await api.call(listRoute, { path: "/api/instances", as: "viewer" })).json();
}

function get(id: string): Promise<Response> {
  return api.call(getRoute, { path: `/api/instances/${id}`, params: { id }, as: "viewer" });
}

async function detailOf(id: string): Promise<InstanceDetail> {
  return (await (await get(id)).json()).detail;
}

async function withInstances(options: Partial<ClusterOptions>[], work: (all: ClusterInstance[]) => Promise<void>) {
  const all = options.map((one) => createCluster({ redis: redis.uri, nodeName: "test", heartbeatMs: 200, ...one }));
  try {
    await until(
      async () => (await list()).instances.filter(({ clockOffsetMs }) => clockOffsetMs !== null).length === all.length,
    );
    await work(all);
  } finally {
    await Promise.all(all.map((one) => one.close()));
  }
}

const ids = (warnings: InstanceWarning[]) => warnings.map(({ id }) => id);

it("says that nobody is there", async () => {
  const { instances, warnings } = await list();
  expect(instances).toEqual([]);
  expect(ids(warnings)).toEqual(["nobody"]);
});

it("shows who is there, with what each says of itself", () =>
  withInstances([{ application: { name: "shop", version: "1.0" } }, {}], async ([shop]) => {
    shop?.members.contribute("queues", () => ["orders"]);
    shop?.members.contribute("locks", () => [{ key: "job", fence: 7, acquiredAt: 1, expiresAt: 2 }]);
    shop?.members.contribute("l1", () => ({ mode: "tracking", armed: true, hits: 3, misses: 1 }));
    shop?.members.contribute("custom", () => ({ ready: true }));
    const id = shop?.instanceId ?? "";
    await until(async () => (await detailOf(id)).queues.length > 0);
    const { instances, warnings } = await list();
    expect(warnings).toEqual([]);
    expect(instances.find((one) => one.id === id)).toMatchObject({
      ...{ name: "shop", kind: "member", state: "live", version: "1.0", hitRate: 0.75, locks: 1, pid: process.pid },
    });
    const detail = await detailOf(id);
    expect(detail).toMatchObject({
      queues: ["orders"],
      locks: [{ key: "job", fence: 7 }],
      versions: { node: process.versions.node },
      others: [{ section: "custom" }],
    });
    expect(detail.samples.length).toBeGreaterThan(0);
    expect(detail.samples[0]?.rssBytes).toBeGreaterThan(10_000_000);
  }));

it("warns of skewed clocks and mixed versions, and shows the worst first", () =>
  withInstances(
    [
      { application: { name: "shop", version: "1.0" } },
      { application: { name: "shop", version: "1.1" }, wallClock: () => Date.now() + 3_600_000 },
    ],
    async ([, skewed]) => {
      const { instances, warnings } = await list();
      expect(ids(warnings)).toEqual(["mixed-application"]);
      expect(instances[0]?.id).toBe(skewed?.instanceId);
      expect(instances[0]?.clockOffsetMs).toBeGreaterThan(3_590_000);
      const ofClocks = instances.map(({ warnings }) => warnings.filter(({ id }) => id === "clock-skew"));
      expect(ofClocks).toEqual([[{ id: "clock-skew", tone: "warn", text: "Its clock is 60 min ahead of Redis'" }], []]);
    },
  ));

it("warns of drivers that differ, and of state that each instance keeps for itself", () =>
  withInstances(
    [
      { application: { drivers: { storage: "s3", locks: "memory" } } },
      { application: { drivers: { storage: "disk", locks: "memory" } } },
    ],
    async ([a]) => {
      await until(async () => (await list()).warnings.length > 1);
      expect((await list()).warnings.map(({ text }) => text)).toEqual([
        "Each instance keeps locks in its own memory: they do not share it",
        "Different drivers of storage are in use: disk, s3",
      ]);
      const { drivers } = await detailOf(a?.instanceId ?? "");
      expect(drivers).toContainEqual({ name: "sessions", driver: "redis" });
    },
  ));

it("warns of a failed and of a missed reload", () =>
  withInstances([{}, {}], async ([a, b]) => {
    const generation = (Date.now() - 60_000) * 1_000;
    const cache = { cache: "metadata", generation, wanted: generation, state: "applied" };
    a?.members.contribute("reload", () => ({
      wire: "both",
      snapshots: false,
      caches: [cache, { ...cache, cache: "route", state: "failed", error: "boom" }],
    }));
    b?.members.contribute("reload", () => ({ wire: "both", snapshots: true, caches: [{ ...cache, generation: 1 }] }));
    await until(async () => (await list()).warnings.length > 0);
    const { instances, warnings } = await list();
    expect(ids(warnings)).toEqual(["mixed-snapshots"]);
    expect(instances.map(({ id }) => id)).toEqual([a?.instanceId, b?.instanceId]);
    const ofReloads = instances.flatMap(({ warnings }) => warnings.filter(({ id }) => id.startsWith("reload-")));
    expect(ofReloads.map(({ text }) => text)).toEqual([
      "Reload failed: route (boom)",
      "Serves an older generation of metadata",
    ]);
  }));

it("shows an instance whose manifest nobody can read, and never fails for it", async () => {
  const id = "f".repeat(32);
  await redis.connect().zadd("keydeck:test:members", Date.now(), id);
  await redis
    .connect()
    .set(`keydeck:test:member:${id}`, '{"phase":"running","heartbeatMs":5000,"uptimeMs":1,"host":[]}');
  const { instances } = await list();
  expect(instances).toMatchObject([{ id, state: "live", warnings: [{ id: "unreadable" }] }]);
  await redis.connect().set(`keydeck:test:member:${id}`, "\u0000not JSON");
  expect((await list()).instances).toMatchObject([{ id, state: "live", host: null }]);
});

it("knows no instance of another namespace, and refuses what is no id", async () => {
  await redis.connect().zadd("keydeck:other:members", Date.now(), "e".repeat(32));
  expect((await get("e".repeat(32))).status).toBe(404);
  expect((await get("../members")).status).toBe(422);
});

it("shows what it told browsers of, also to who looked a moment before", () =>
  withInstances([{ heartbeatMs: 5_000 }], async ([instance]) => {
    let hints = 0;
    const leave = api.runtime.live.subscribe(({ kind }) => void (kind === "instances" && hints++));
    instance?.members.beatSoon();
    await until(() => hints > 0);
    await new Promise((resolve) => setTimeout(resolve, 300)); // whoever was hinted to may be again at once
    const before = hints;
    await list();
    instance?.members.drain();
    await until(() => hints > before);
    expect((await list()).instances[0]?.state).toBe("draining");
    leave();
  }));

it("tells open browsers when a silent instance becomes late, without anybody's doing", () =>
  withInstances([{}], async ([instance]) => {
    const hints: LiveEvent[] = [];
    const leave = api.runtime.live.subscribe((event) => event.kind === "instances" && hints.push(event));
    // Gone without a word: no beat, and no leaving either.
    const id = instance?.instanceId ?? "";
    const manifest = await redis.connect().get(`keydeck:test:member:${id}`);
    await instance?.members.stop();
    await redis.connect().set(`keydeck:test:member:${id}`, manifest ?? "");
    await redis.connect().zadd("keydeck:test:members", Date.now(), id);
    await until(() => hints.length > 0);
    await expect.poll(async () => (await list()).instances[0]?.state).toBe("live");
    const before = hints.length;
    await until(() => hints.length > before, 2_000);
    expect((await list()).instances[0]?.state).not.toBe("live");
    leave();
  }));
