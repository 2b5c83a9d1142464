import { describe, expect, it } from "vitest";
import type { LiveEvent } from "../../../contracts/live.ts";
import * as contract from "../../../contracts/queues.ts";
import { useApi } from "../../../testing/api.ts";
import { asker } from "../../../testing/ask.ts";
import { testContext } from "../../../testing/context.ts";
import { IS_BULLMQ_5, useBullmq } from "../../../testing/queues.ts";
import { until, useRedis } from "../../../testing/redis.ts";
import { pauseQueue, resumeQueue } from "../settings.ts";
import { getQueue, listQueues } from "./list.ts";

const redis = useRedis();
const bull = useBullmq(redis);
const api = useApi(redis);
const ask = asker(api);

const list = async (query = {}) => (await ask(contract.listQueues, listQueues, { as: "viewer", query })).body;
const one = (queue: string) => ask(contract.getQueue, getQueue, { as: "viewer", params: { queue } });
const row = async (name: string) => (await list()).queues.find((queue) => queue.name === name);

describe("the list of queues", () => {
  it("finds every queue of the prefix by itself, and none of another", async () => {
    await bull.queue("mail").add("send", {});
    await bull.queue("sms").waitUntilReady();
    const admin = redis.connect();
    await admin.hset("other:secret:meta", "version", "bullmq:6");
    await admin.set("test:user_cache:meta", "no queue");
    await admin.hset("test:session:meta", "user", "no queue");
    await until(async () => (await admin.exists("test:sms:meta")) === 1);
    const { queues, discovery, prefix } = await list();
    expect(prefix).toBe("test");
    expect(queues.map(({ name }) => name)).toEqual(["mail", "sms"]);
    expect(queues[0]).toMatchObject({ counts: { waiting: 1 }, workers: 0, isPaused: false, readOnly: false });
    expect(discovery).toMatchObject({ complete: true, running: false });
  });

  it("tells counts per state, limits, pause, version and the age of the oldest waiting job", async () => {
    const queue = bull.queue("mail");
    const first = await queue.add("send", {});
    await queue.addBulk([
      { name: "send", data: {} },
      { name: "later", data: {}, opts: { delay: 60_000 } },
      { name: "urgent", data: {}, opts: { priority: 3 } },
    ]);
    await queue.setGlobalConcurrency(4);
    await queue.setGlobalRateLimit(10, 1_000);
    await queue.pause();
    expect(await row("mail")).toMatchObject({
      counts: { ...(IS_BULLMQ_5 ? { waiting: 0, paused: 2 } : { waiting: 2, paused: 0 }), delayed: 1, prioritized: 1 },
      isPaused: true,
      globalConcurrency: 4,
      rateLimit: { max: 10, durationMs: 1_000 },
      oldestWaitingAt: first.timestamp,
      version: expect.stringMatching(IS_BULLMQ_5 ? /^bullmq:5\./ : /^bullmq:6\./),
    });
  });

  it("shows what BullMQ 5 paused: its jobs lie in a list that BullMQ 6 does not count", async () => {
    const queue = bull.queue("old");
    await queue.add("send", {});
    const admin = redis.connect();
    await admin.rename("test:old:wait", "test:old:paused");
    await admin.hset("test:old:meta", "paused", 1);
    expect((await queue.getJobCounts()).waiting).toBe(0);
    expect(await row("old")).toMatchObject({ counts: { paused: 1, waiting: 0 }, isPaused: true });
    const resumed = await ask(contract.resumeQueue, resumeQueue, { as: "operator", params: { queue: "old" } });
    expect(resumed.body).toMatchObject({ counts: { paused: 0, waiting: 1 }, isPaused: false });
  });

  it("counts workers, and says when they wait under another prefix", async () => {
    await bull.queue("mail").waitUntilReady();
    bull.worker("mail", async () => {}, { name: "alice" });
    bull.worker("mail", async () => {});
    bull.worker("mail", async () => {}, { prefix: "bull" });
    await until(async () => (await one("mail")).body.workers === 2, 20_000);
    await until(async () => (await list({ refresh: true })).mismatches.length === 1, 20_000);
    expect((await list()).mismatches).toEqual([{ queue: "mail", prefix: "bull", workers: 1 }]);
    const { body } = await one("mail");
    expect(body.workerList.map(({ name }) => name).sort()).toEqual(["alice", null]);
  });

  it("answers 404 for a queue that is not there, or not any more", async () => {
    expect(await one("nowhere")).toMatchObject({ status: 404, code: "QUEUE_NOT_FOUND" });
    await bull.queue("mail").add("send", {});
    expect((await one("mail")).status).toBe(200);
    await bull.queue("mail").obliterate({ force: true });
    expect(await one("mail")).toMatchObject({ status: 404, code: "QUEUE_NOT_FOUND" });
    await until(async () => (await list()).queues.length === 0);
  });

  it("counts per priority without asking for each of two million", async () => {
    const priorities = [1, 5, 5, 2_000_000];
    await bull.queue("mail").addBulk(priorities.map((priority) => ({ name: "send", data: {}, opts: { priority } })));
    expect((await one("mail")).body.priorities).toEqual([
      { priority: 1, count: 1 },
      { priority: 5, count: 2 },
      { priority: 2_000_000, count: 1 },
    ]);
  });
});

it("a console that starts anew knows the queues before it has walked, and drops those that are gone", async () => {
  await bull.queue("mail").add("send", {});
  await until(async () => (await list()).discovery.complete);
  await until(async () => (await redis.connect().get("keydeck:test:queues")) === '["mail"]');
  await redis.connect().set("keydeck:test:queues", '["gone","mail"]');
  const { runtime, close } = testContext({ redis: redis.uri });
  expect(await runtime.queues.keeper.names()).toContain("mail");
  await until(async () => (await runtime.queues.keeper.list()).queues.length === 1);
  await close();
});

it("finds what was born beside many keys while nobody looked, soon after somebody does", async () => {
  const admin = redis.connect();
  await admin.eval('for i = 1, 45000 do redis.call("SET", "test:user_cache:" .. i, "") end', 0);
  await until(async () => (await list()).discovery.complete);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await bull.queue("born").add("send", {});
  const openedAt = performance.now();
  const leave = api.runtime.live.subscribe(() => {});
  await until(async () => (await row("born")) !== undefined);
  expect(performance.now() - openedAt).toBeLessThan(10_000);
  leave();
}, 30_000);

describe("where Redis does not tell of changes", () => {
  /** A console whose user may not, and what its browsers are told. */
  async function refused() {
    const admin = redis.connect();
    await admin.acl("SETUSER", "narrow", "on", ">secret", "~*", "&*", "+@all", "-client|tracking");
    const console_ = testContext({ redis: redis.uri.replace("redis://", "redis://narrow:secret@"), role: "viewer" });
    const events: LiveEvent[] = [];
    console_.runtime.live.subscribe((event) => events.push(event));
    await until(() => events.some((event) => event.kind === "feed" && !event.live));
    const rows = async () => (await console_.runtime.queues.keeper.list()).queues;
    return { console_, events, rows, admin };
  }

  it("an open list hears of them all the same, a queue that was born included", async () => {
    const mail = bull.queue("mail");
    await mail.add("send", {});
    const { console_, events, rows } = await refused();
    await until(async () => (await rows()).length === 1);
    await until(() => events.some(({ kind }) => kind === "queues"));
    await rows();
    events.length = 0;
    await mail.add("send", {});
    await until(() => events.some((event) => event.kind === "queues" && (event.all || event.names.includes("mail"))));
    await until(async () => (await rows())[0]?.counts.waiting === 2);
    await bull.queue("born").add("send", {});
    await until(async () => (await rows()).length === 2, 10_000);
    await console_.close();
  });

  it("asks as little for a hundred queues as for one, and one that is broken spoils nothing", async () => {
    await Promise.all(Array.from({ length: 100 }, (_, index) => bull.queue(`q${index}`).add("send", {})));
    const { console_, rows, admin } = await refused();
    await until(async () => (await rows()).length === 100);
    await admin.set("test:broken:events", "no stream");
    await admin.hset("test:broken:meta", "version", "bullmq:6");
    const calls = async () => Number(/cmdstat_evalsha:calls=(\d+)/.exec(await admin.info("commandstats"))?.[1] ?? 0);
    const before = await calls();
    for (let browser = 0; browser < 50; browser++) await rows();
    expect((await calls()) - before).toBeLessThan(20);
    await bull.queue("q7").add("send", {});
    await until(async () => (await rows()).find(({ name }) => name === "q7")?.counts.waiting === 2);
    await console_.close();
  });
});

describe("an open list", () => {
  /** Somebody listens, as an open browser does. */
  async function listen(): Promise<LiveEvent[]> {
    const events: LiveEvent[] = [];
    api.runtime.live.subscribe((event) => events.push(event));
    await until(() => events.some((event) => event.kind === "feed" && event.live));
    return events;
  }

  it("hears of a change at once, and the next answer has it", async () => {
    await bull.queue("mail").add("send", {});
    const events = await listen();
    expect(await row("mail")).toMatchObject({ counts: { waiting: 1 } });
    await bull.queue("mail").add("send", {});
    await until(() => events.some((event) => event.kind === "queues" && (event.all || event.names.includes("mail"))));
    await until(async () => (await row("mail"))?.counts.waiting === 2);
    await bull.queue("born").add("send", {});
    await until(async () => (await row("born")) !== undefined);
  });

  it("costs nothing while nothing happens, however many ask", async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => bull.queue(`q${index}`).add("send", {})));
    await listen();
    await list();
    await until(async () => (await list()).queues.length === 20);
    const admin = redis.connect();
    const sent = async () => Number(/evalsha:calls=(\d+)/.exec(await admin.info("commandstats"))?.[1] ?? 0);
    const before = await sent();
    for (let browser = 0; browser < 50; browser++) await list();
    expect((await sent()) - before).toBe(0);
  });

  it("is told at once of what is done here", async () => {
    await bull.queue("mail").add("send", {});
    const events = await listen();
    const { status, body } = await ask(contract.pauseQueue, pauseQueue, { as: "operator", params: { queue: "mail" } });
    expect([status, body.isPaused]).toEqual([200, true]);
    await until(() => events.some((event) => event.kind === "queues" && event.names.includes("mail")));
  });
});
