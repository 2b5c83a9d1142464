// The locks of two real instances, as the console tells of them.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ClusterInstance, createCluster } from "../../core/cluster.ts";
import type { Lease } from "../../core/lock/types.ts";
import { toKeyId } from "../../explorer/bytes.ts";
import { type TestContext, testContext } from "../../testing/context.ts";
import { createForeignWriter } from "../../testing/foreign-writer.ts";
import { until, useRedis } from "../../testing/redis.ts";
import type { Context } from "../context.ts";
import { get, list } from "./locks.ts";
import { release } from "./release.ts";

const redis = useRedis();
const NO_INPUT = { params: undefined, query: undefined, body: undefined };
const MINUTE = 60_000;
let console_: TestContext;
let [one, two]: ClusterInstance[] = [];

beforeEach(async () => {
  console_ = testContext({ redis: redis.uri, role: "viewer" });
  [one, two] = [1, 2].map((number) =>
    createCluster({ redis: redis.uri, nodeName: "test", application: { name: `api-${number}` }, heartbeatMs: 200 }),
  );
  await until(async () => (await console_.runtime.members.members()).members.length === 2);
});
afterEach(async () => {
  await Promise.all([one?.close(), two?.close()]);
  await console_.close();
});

const k = (name: string) => toKeyId(Buffer.from(name));
async function take(cluster: ClusterInstance | undefined, key: string, ttlMs = MINUTE): Promise<Lease> {
  const lease = await cluster?.locks.acquire(key, { ttlMs });
  if (!lease) throw new Error(`${key} is held`);
  return lease;
}

async function listed(context: Context) {
  const reply = await list(context, NO_INPUT);
  if (reply instanceof Response) throw new Error("no reply");
  return new Map(reply.locks.map((lock) => [lock.name, lock]));
}

async function detail(context: Context, name: string) {
  const reply = await get(context, { params: { k: k(name) }, query: undefined, body: undefined });
  if (reply instanceof Response) throw new Error("no reply");
  return reply;
}

async function force(name: string, body: Parameters<typeof release>[1]["body"], context = console_.as("admin", "ada")) {
  return release(context, { params: { k: k(name) }, query: undefined, body });
}

describe("the list", () => {
  it("names holders and those who wait by their instances, and finds every kind of lock", async () => {
    const client = redis.connect();
    const lease = await take(one, "order-lock:7");
    const waiting = two?.locks.acquire("order-lock:7", { ttlMs: MINUTE, waitMs: MINUTE });
    await one?.cache.acquire("import", "worker-7", MINUTE);
    await createForeignWriter({ redis: client, nodeName: "test" }).acquire("billing-lock", "them", MINUTE);
    await client.set("test:sys:provision_init_lock", one?.instanceId ?? "", "PX", MINUTE);
    await client.set("test:runtime_cache:metadata:lock", "f".repeat(32), "PX", MINUTE);
    await client.set("other:user_cache:stranger-lock", "x", "PX", MINUTE);
    await until(async () => {
      const lock = (await listed(console_.context)).get("order-lock:7");
      return lock?.waiters.length === 1 && lock.contention === 1;
    });
    const locks = await listed(console_.context);
    expect([...locks.keys()].sort()).toEqual([
      "billing-lock",
      "import",
      "order-lock:7",
      "runtime_cache:metadata:lock",
      "sys:provision_init_lock",
    ]);
    expect(locks.get("order-lock:7")).toMatchObject({
      kind: "user",
      holder: { instanceId: one?.instanceId, name: "api-1", state: "live" },
      waiters: [{ party: { name: "api-2" } }],
      fence: lease.fence,
      leaseMs: MINUTE,
      contention: 1,
      warnings: [],
    });
    expect(locks.get("import")).toMatchObject({ holder: { instanceId: null, name: null }, fence: null, warnings: [] });
    expect(locks.get("billing-lock")?.warnings).toEqual(["evictable"]);
    expect(locks.get("sys:provision_init_lock")).toMatchObject({ kind: "system", holder: { name: "api-1" } });
    expect(locks.get("runtime_cache:metadata:lock")).toMatchObject({ kind: "runtime", warnings: ["holder-gone"] });
    await lease.release();
    await (await waiting)?.release();
  });

  it("warns of locks without a TTL, of holders that are gone, and of bare names", async () => {
    const client = redis.connect();
    await client.set("test:user_cache:stuck-lock", "me");
    await client.hset("test:user_cache_meta:sizes", "test:user_cache:stuck-lock", 2);
    expect((await listed(console_.context)).get("stuck-lock")).toMatchObject({
      ttlMs: -1,
      warnings: ["no-ttl", "evictable"],
    });

    await take(two, "left-behind");
    await until(async () => (await listed(console_.context)).has("left-behind"));
    await two?.connections.close(); // as a crash does
    await until(
      async () => (await listed(console_.context)).get("left-behind")?.warnings.includes("holder-gone") === true,
    );

    const bare = testContext({ redis: redis.uri, nodeName: undefined });
    await client.set("bootstrap-script-execution", "a".repeat(32), "PX", MINUTE);
    expect((await listed(bare.context)).get("bootstrap-script-execution")?.warnings).toEqual(["holder-gone", "global"]);
    await bare.close();
  });
});

describe("one lock", () => {
  it("shows who held it before, and how each holding ended", async () => {
    const first = await take(one, "job", 300);
    await until(async () => (await detail(console_.context, "test:user_cache:job")).history.length === 1);
    const second = await two?.locks.acquire("job", { ttlMs: MINUTE, waitMs: MINUTE });
    await until(async () => (await detail(console_.context, "test:user_cache:job")).history.length === 2);
    await second?.release();
    const { lock, history } = await detail(console_.context, "test:user_cache:job");
    expect(lock.held).toBe(false);
    expect(history).toMatchObject([
      { party: { name: "api-2" }, ended: "released", fence: second?.fence },
      { party: { name: "api-1" }, ended: "lapsed", fence: first.fence, endedAt: null },
    ]);
  });

  it("shows which versions ran under a system lock", async () => {
    await one?.locks.runOnce("bootstrap-script-execution", { version: "v1" }, () => 1);
    const { lock, done } = await detail(console_.context, "test:bootstrap-script-execution");
    expect(lock.kind).toBe("system");
    expect(done).toMatchObject([{ version: "v1" }]);
  });

  it("is not found when it is no lock, or not ours", async () => {
    await one?.cache.set("value", "1", MINUTE);
    for (const name of ["test:user_cache:value", "test:user_cache:nothing", "other:user_cache:job", "test:session:x"])
      await expect(detail(console_.context, name)).rejects.toMatchObject({ code: "KEY_NOT_FOUND" });
  });
});

describe("a forced release", () => {
  it("takes the name, typed, and the lock as it was shown; then it is on record", async () => {
    const lease = await take(one, "job");
    const waiting = two?.locks.acquire("job", { ttlMs: MINUTE, waitMs: MINUTE });
    await until(async () => (await listed(console_.context)).get("job")?.waiters.length === 1);
    const fingerprint = (await listed(console_.context)).get("job")?.fingerprint ?? "";
    await expect(force("test:user_cache:job", { fingerprint })).rejects.toMatchObject({
      code: "CONFIRMATION_REQUIRED",
      details: { confirm: "job" },
    });
    await expect(force("test:user_cache:job", { fingerprint: "0".repeat(40), confirm: "job" })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    lease.assertValid();

    await force("test:user_cache:job", { fingerprint, confirm: "job", reason: "it hangs" });
    const next = await waiting;
    expect(next?.isValid).toBe(true); // whoever waited has it
    await expect(lease.extend()).rejects.toMatchObject({ code: "OWNERSHIP_LOST" });
    const { history } = await detail(console_.context, "test:user_cache:job");
    expect(history.find(({ fence }) => fence === lease.fence)).toMatchObject({ ended: "forced", by: "ada" });

    await expect(force("test:user_cache:job", { fingerprint, confirm: "job" })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await next?.release();
    await expect(force("test:user_cache:job", { fingerprint, confirm: "job" })).rejects.toMatchObject({
      code: "CONFLICT",
    });
  });

  it("never touches what is no lock, and nothing outside the namespace", async () => {
    const client = redis.connect();
    await one?.cache.set("value", "1", MINUTE);
    await client.set("other:user_cache:job", "x");
    const fingerprint = "356a192b7913b04c54574d18c28d46e6395428ab"; // of "1"
    for (const name of ["test:user_cache:value", "other:user_cache:job", "test:session:x"])
      await expect(force(name, { fingerprint, confirm: "value" })).rejects.toMatchObject({
        code: expect.stringMatching(/KEY_NOT_FOUND|CONFLICT/),
      });
    expect(await one?.cache.get("value")).toBe("1");
    expect(await client.get("other:user_cache:job")).toBe("x");
  });
});

it("tells browsers within half a second that a lock was taken or given back", async () => {
  const news: string[] = [];
  const stop = console_.runtime.live.subscribe((event) => news.push(event.kind));
  await until(() => news.includes("feed"));
  for (const act of [() => take(one, "job"), () => held?.release()] as const) {
    news.length = 0;
    const startedAt = performance.now();
    held = (await act()) as Lease | undefined;
    await until(() => news.includes("locks"), 2_000);
    expect(performance.now() - startedAt).toBeLessThan(500);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  stop();
});

it("shows at once what no book tells of: locks of other programs, and every lock that expires", async () => {
  const client = redis.connect();
  const key = "test:user_cache:user-lock:7";
  let hints = 0;
  let isFollowing = false;
  const stop = console_.runtime.live.subscribe(({ kind }) => {
    if (kind === "locks") hints++;
    if (kind === "feed") isFollowing = true;
  });
  await until(() => isFollowing);
  const told = async (act: () => Promise<unknown>) => {
    await new Promise((resolve) => setTimeout(resolve, 300)); // a hint holds back the next for a moment
    await listed(console_.context); // what was searched for just now is not searched for again
    const before = hints;
    await act();
    await until(() => hints > before, 2_000);
    return [...(await listed(console_.context)).keys()];
  };
  expect(await told(() => client.set(key, "user-1", "PX", MINUTE, "NX"))).toEqual(["user-lock:7"]);
  expect(await told(() => client.del(key))).toEqual([]);
  expect(await told(() => client.set(key, "user-2", "PX", 800, "NX"))).toEqual(["user-lock:7"]);
  expect(await told(async () => {})).toEqual([]);
  expect(await told(() => client.set("test:runtime_cache:prices:lock", "token", "PX", MINUTE))).toEqual([]);
  expect(await told(() => take(one, "job", 800))).toEqual(["job"]);
  expect(await told(async () => {})).toEqual([]);
  stop();
});

let held: Lease | undefined;
