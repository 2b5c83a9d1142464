// What the history promises: it is right, it goes on when consoles change, it says where nobody recorded, and it stays
// small, in Redis and in commands.

import { afterEach, describe, expect, it } from "vitest";
import { testContext } from "../../../testing/context.ts";
import { useBullmq } from "../../../testing/queues.ts";
import { until, useRedis } from "../../../testing/redis.ts";
import type { Runtime } from "../../runtime.ts";
import { Bucket, fieldOf, HOURS, MINUTES, QUARTERS, RINGS, stepOf } from "./bucket.ts";
import { getQueueHistory, listQueueTrends } from "./history.ts";
import { historyKeys } from "./keys.ts";
import { createRecorder, type Recorder } from "./recorder.ts";

const redis = useRedis();
const bull = useBullmq(redis);
const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

const QUICK = { readMs: 20, holdMs: 50, writeMs: 40, ageMs: 100 };

function console_() {
  const console = testContext({ redis: redis.uri, role: "viewer" });
  opened.unshift(console);
  return console;
}

function recorderOf({ connections, keyspace, queues }: Runtime, pace: Partial<typeof QUICK> = QUICK): Recorder {
  const recorder = createRecorder({ connections, keyspace, ...queues, pace });
  opened.unshift(recorder);
  recorder.start();
  return recorder;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("the history of a queue", () => {
  it("tells jobs done and failed, how long they waited and ran, and the age of the oldest", {
    timeout: 30_000,
  }, async () => {
    const { context, runtime } = console_();
    const mail = bull.queue("mail");
    await mail.waitUntilReady();
    const recorder = recorderOf(runtime);
    await until(() => recorder.state.state === "here");
    await until(async () => (await runtime.queues.keeper.names()).includes("mail"));
    await pause(200);
    await mail.addBulk(
      Array.from({ length: 12 }, (_, at) => ({ name: "send", data: { at }, opts: { removeOnComplete: true } })),
    );
    await pause(150);
    bull.worker("mail", async (job) => {
      await pause(60);
      if (job.data.at >= 9) throw new Error("no such address");
    });
    const read = () => getQueueHistory(context, { params: { queue: "mail" }, query: { range: "1h" }, body: undefined });
    await until(async () => {
      const { total } = (await read()) as { total: { completed: number; failed: number } };
      return total.completed === 9 && total.failed === 3;
    });
    const history = await read();
    if (history instanceof Response) throw new Error("no reply");
    expect(history.total.run).toMatchObject({ count: 12 });
    expect(history.total.run?.p50).toBeGreaterThan(45);
    expect(history.total.run?.p50).toBeLessThan(200);
    expect(history.total.wait).toMatchObject({ count: 12 });
    expect(history.total.wait?.p50).toBeGreaterThan(100);
    expect(history.points).toHaveLength(60);
    expect(recorder.state).toEqual({ state: "here", because: null });
    for (const range of ["24h", "7d"] as const) {
      const wider = await getQueueHistory(context, { params: { queue: "mail" }, query: { range }, body: undefined });
      expect(wider).toMatchObject({ total: { completed: 9, failed: 3 } });
    }
    const trends = await listQueueTrends(context, { params: undefined, query: undefined, body: undefined });
    expect(trends).toMatchObject({ queues: [{ queue: "mail", completedTotal: 9, failedTotal: 3 }] });
  });

  it("tells the age of what waits, also in a queue without workers", async () => {
    const { runtime } = console_();
    await bull.queue("stuck").add("send", {}, { timestamp: Date.now() - 90_000 });
    recorderOf(runtime);
    await until(async () => {
      const { points } = await runtime.queueHistories.history("stuck", "1h");
      return (points.at(-1)?.ageMs ?? points.at(-2)?.ageMs ?? 0) >= 90_000;
    });
  });

  it("says where nobody recorded", async () => {
    const { runtime } = console_();
    await bull.queue("mail").add("send", {});
    recorderOf(runtime);
    await until(async () => (await runtime.queueHistories.history("mail", "1h")).total.recordedMs > 0);
    const { points, total } = await runtime.queueHistories.history("mail", "1h");
    expect(points.slice(0, 50).every(({ recordedMs, completed }) => recordedMs === 0 && completed === null)).toBe(true);
    expect(total.recordedMs).toBeLessThan(60_000);
  });

  it("is written by one console, and gone on with by another without a gap or a job twice", {
    timeout: 30_000,
  }, async () => {
    const [first, second] = [console_(), console_()];
    await bull.queue("mail").waitUntilReady();
    const one = recorderOf(first.runtime);
    await until(() => one.state.state === "here");
    const two = recorderOf(second.runtime);
    await until(() => two.state.state === "elsewhere");
    await until(async () => (await first.runtime.queueHistories.history("mail", "1h")).total.recordedMs > 0);
    bull.worker("mail", async () => {}, { concurrency: 4 });
    const adding = (async () => {
      for (let at = 0; at < 300; at++) await bull.queue("mail").add("send", { at });
    })();
    await until(async () => (await first.runtime.queueHistories.history("mail", "1h")).total.completed > 20);
    await one.close();
    await until(() => two.state.state === "here");
    await adding;
    await until(async () => (await second.runtime.queueHistories.history("mail", "1h")).total.completed >= 300);
    const { total, points } = await second.runtime.queueHistories.history("mail", "1h");
    expect(total.completed).toBe(300);
    expect(points.some(({ isPartial }) => isPartial)).toBe(false);
  });

  it("says so when Redis dropped events before they were read", async () => {
    const { runtime } = console_();
    const mail = bull.queue("mail");
    await mail.add("send", {});
    recorderOf(runtime);
    const client = redis.connect();
    const completed = async () => (await runtime.queueHistories.history("mail", "1h")).total.completed;
    await until(async () => (await runtime.queueHistories.history("mail", "1h")).total.recordedMs > 0);
    await client.xadd("test:mail:events", "*", "event", "completed", "jobId", "0");
    await until(async () => (await completed()) === 1);
    const burst = client.multi();
    for (let at = 1; at <= 400; at++) burst.xadd("test:mail:events", "*", "event", "completed", "jobId", `${at}`);
    await burst.xtrim("test:mail:events", "MAXLEN", 150).exec();
    await until(async () =>
      (await runtime.queueHistories.history("mail", "1h")).points.some((point) => point.isPartial),
    );
  });
});

describe("what it costs", () => {
  it("at most 36 KB per busy queue and day, 72 KB in all, and nothing in an idle queue", async () => {
    const { runtime } = console_();
    const client = redis.connect();
    const keys = historyKeys(runtime.keyspace);
    const now = Date.now();
    const write = async (queue: string, since: number) => {
      const fields: Record<string, Buffer> = {};
      for (const ring of RINGS) {
        const last = stepOf(ring, now);
        const first = Math.max(stepOf(ring, now - since), last - ring.slots + 1);
        for (let step = first; step <= last; step++) fields[fieldOf(ring, step)] = busy(step, ring.stepMs).pack();
      }
      await client.hset(keys.of(queue), fields);
      return (await client.memory("USAGE", keys.of(queue), "SAMPLES", 0)) ?? 0;
    };
    const day = await write("day", 86_400_000);
    const week = await write("week", 8 * 86_400_000);
    expect(day).toBeLessThanOrEqual(36 * 1_024);
    expect(week).toBeLessThanOrEqual(72 * 1_024);
    expect(await client.hlen(keys.of("week"))).toBe(MINUTES.slots + QUARTERS.slots + HOURS.slots);
    expect(await client.exists(keys.of("idle"))).toBe(0);
  });

  it("takes at most 3 commands a second while a hundred queues are idle", { timeout: 30_000 }, async () => {
    const { runtime } = console_();
    const client = redis.connect();
    const fill = client.pipeline();
    for (let at = 0; at < 100; at++) fill.hset(`test:q${at}:meta`, "version", "bullmq:6.7.0");
    await fill.exec();
    const recorder = recorderOf(runtime, {});
    await until(async () => (await client.hlen(historyKeys(runtime.keyspace).coverage)) > 0);
    expect(recorder.state.state).toBe("here");
    // Who begins reads what was written before, once; a window may still see the end of that.
    let perSecond = Number.POSITIVE_INFINITY;
    for (let window = 0; window < 3 && perSecond > 3; window++) {
      const before = await commands(client);
      const startedAt = performance.now();
      await pause(3_000);
      perSecond = ((await commands(client)) - before - 1) / ((performance.now() - startedAt) / 1_000);
    }
    expect(perSecond).toBeLessThanOrEqual(3);
  });
});

/** A step of a queue that ends ten jobs a second, whose latencies spread over two decades. */
function busy(step: number, stepMs: number): Bucket {
  const bucket = new Bucket(step);
  const jobs = stepMs / 100;
  bucket.completed = jobs;
  bucket.failed = Math.round(jobs / 50);
  bucket.ageMs = 12_000;
  for (let at = 0; at < 400; at++) {
    bucket.wait.add(20 * 10 ** ((at % 40) / 40));
    bucket.run.add(50 * 10 ** ((at % 80) / 40));
  }
  for (let count = 400; count < jobs; count *= 2) for (const each of [bucket.wait, bucket.run]) each.merge(each);
  return bucket;
}

async function commands(client: { info(section: string): Promise<string> }): Promise<number> {
  return Number(/total_commands_processed:(\d+)/.exec(await client.info("stats"))?.[1]);
}
