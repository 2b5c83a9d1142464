import { describe, expect, it } from "vitest";
import type { LiveEvent } from "../../contracts/live.ts";
import * as settings from "../../contracts/queue-settings.ts";
import * as contract from "../../contracts/queues.ts";
import { useApi } from "../../testing/api.ts";
import { asker } from "../../testing/ask.ts";
import { useBullmq } from "../../testing/queues.ts";
import { until, useRedis } from "../../testing/redis.ts";
import { listDeduplication, removeDeduplication } from "./deduplication.ts";
import { listQueueEvents } from "./events.ts";
import * as services from "./settings.ts";

const redis = useRedis();
const bull = useBullmq(redis);
const api = useApi(redis, { READ_ONLY_QUEUES: "frozen" });
const ask = asker(api);
const at = { as: "operator" as const, params: { queue: "mail" } };

describe("a queue's settings", () => {
  it("pause and resume stop and start its workers", async () => {
    const queue = bull.queue("mail");
    await queue.waitUntilReady();
    await queue.add("first", {});
    const done: string[] = [];
    expect((await ask(contract.pauseQueue, services.pauseQueue, at)).body.isPaused).toBe(true);
    bull.worker("mail", async ({ name }) => done.push(name));
    await queue.add("second", {});
    expect(await queue.isPaused()).toBe(true);
    expect(done).toEqual([]);
    expect((await ask(contract.resumeQueue, services.resumeQueue, at)).body.isPaused).toBe(false);
    await until(() => done.length === 2);
    expect((await ask(contract.pauseQueue, services.pauseQueue, { ...at, as: "viewer" })).status).toBe(403);
  });

  it("pause and resume all queues at once, but for those that are read-only or gone", async () => {
    for (const name of ["mail", "sms", "frozen"]) await bull.queue(name).add("n", {});
    const all = (paused: boolean, queues: "all" | string[] = "all") =>
      ask(contract.pauseQueues, services.pauseQueues, { as: "operator", body: { paused, queues } });
    const { results } = (await all(true)).body;
    expect(results.map(({ queue, done }) => [queue, done])).toEqual([
      ["frozen", false],
      ["mail", true],
      ["sms", true],
    ]);
    expect(results[0]!.because).toContain("read-only");
    expect(await bull.queue("sms").isPaused()).toBe(true);
    expect((await all(false, ["sms", "gone"])).body.results).toMatchObject([{ done: true }, { done: false }]);
    expect(await bull.queue("sms").isPaused()).toBe(false);
    expect(await bull.queue("mail").isPaused()).toBe(true);
  });

  it("set and remove the global concurrency", async () => {
    await bull.queue("mail").add("n", {});
    const set = (concurrency: number | null) =>
      ask(settings.setQueueConcurrency, services.setQueueConcurrency, { ...at, body: { concurrency } });
    expect((await set(3)).body.globalConcurrency).toBe(3);
    expect(await bull.queue("mail").getGlobalConcurrency()).toBe(3);
    expect((await set(null)).body.globalConcurrency).toBeNull();
    expect((await set(0)).status).toBe(422);
  });

  it("set, tell, reset and remove the global rate limit", async () => {
    const queue = bull.queue("mail");
    await queue.addBulk(Array.from({ length: 4 }, () => ({ name: "n", data: {} })));
    const limit = { max: 1, durationMs: 60_000 };
    const set = await ask(settings.setQueueRateLimit, services.setQueueRateLimit, { ...at, body: { limit } });
    expect(set.body.rateLimit).toEqual(limit);
    let done = 0;
    bull.worker("mail", async () => void done++);
    const ttl = async () => (await ask(settings.getQueueRateLimit, services.getQueueRateLimit, at)).body.ttlMs;
    await until(async () => done === 1 && (await ttl()) > 0);
    await ask(settings.resetQueueRateLimit, services.resetQueueRateLimit, at);
    expect(await redis.connect().exists("test:mail:limiter")).toBe(0);
    const removed = await ask(settings.setQueueRateLimit, services.setQueueRateLimit, { ...at, body: { limit: null } });
    expect(removed.body.rateLimit).toBeNull();
    expect(await queue.getGlobalRateLimit()).toBeNull();
  });

  it("show deduplication keys, and remove one so that the next job comes in", async () => {
    const queue = bull.queue("mail");
    const options = { deduplication: { id: "user:7", ttl: 60_000 } };
    const first = await queue.add("n", {}, options);
    await queue.add("n", {}, options);
    await queue.add("n", {}, { deduplication: { id: "simple" } });
    const list = async (query = {}) =>
      (await ask(settings.listDeduplication, listDeduplication, { ...at, query })).body;
    const { keys, complete } = await list();
    expect(complete).toBe(true);
    expect(keys.map(({ id }) => id).sort()).toEqual(["simple", "user:7"]);
    const [one] = (await list({ id: "user:7" })).keys;
    expect(one).toMatchObject({ jobId: first.id });
    expect(one!.ttlMs).toBeGreaterThan(50_000);
    expect((await list({ id: "simple" })).keys[0]!.ttlMs).toBe(-1);
    const remove = () =>
      ask(settings.removeDeduplication, removeDeduplication, { ...at, params: { queue: "mail", id: "user:7" } });
    expect((await remove()).body).toEqual({ removed: true });
    expect((await remove()).status).toBe(404);
    expect((await queue.add("n", {}, options)).id).not.toBe(first.id);
  });

  it("trim the event stream, by an admin", async () => {
    const queue = bull.queue("mail");
    await queue.addBulk(Array.from({ length: 300 }, () => ({ name: "n", data: {} })));
    const trim = (as: "operator" | "admin") =>
      ask(settings.trimQueueEvents, services.trimQueueEvents, { ...at, as, body: { maxLength: 0 } });
    expect((await trim("operator")).code).toBe("FORBIDDEN");
    expect((await trim("admin")).body.removed).toBeGreaterThan(200);
  });
});

describe("a queue's events", () => {
  it("are told as they happen while its page is open, from one follower for all", async () => {
    const queue = bull.queue("mail");
    await queue.add("before", {});
    const heard: Extract<LiveEvent, { kind: "queue-events" }>[] = [];
    api.runtime.live.subscribe((event) => event.kind === "queue-events" && heard.push(event));
    const open = () => ask(contract.listQueueEvents, listQueueEvents, { as: "viewer", params: { queue: "mail" } });
    const { body } = await open();
    expect(body.events.map(({ event }) => event)).toEqual(["waiting", "added"]);
    await open();
    expect(api.runtime.queues.events.following).toBe(1);
    await until(async () => /name=\S+:qe/.test(String(await redis.connect().client("LIST"))));
    await queue.add("after", { password: "hunter2" });
    bull.worker("mail", async () => {
      throw new Error('bad {"token":"t0ken"}');
    });
    const events = () => heard.flatMap((told) => told.events);
    await until(() => events().filter(({ event }) => event === "failed").length === 2);
    expect(heard.every(({ queue: name }) => name === "mail")).toBe(true);
    expect(JSON.stringify(heard)).not.toMatch(/hunter2|t0ken/);
  });
});
