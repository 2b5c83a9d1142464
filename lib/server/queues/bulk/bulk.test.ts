import { describe, expect, it } from "vitest";
import * as contract from "../../../contracts/queue-bulk.ts";
import { listFailures as listFailuresEndpoint } from "../../../contracts/queue-jobs.ts";
import { useApi } from "../../../testing/api.ts";
import { asker } from "../../../testing/ask.ts";
import { useBullmq } from "../../../testing/queues.ts";
import { until, useRedis } from "../../../testing/redis.ts";
import { listFailures } from "../failures/failures.ts";
import { getQueueBulk, planJobsAct, planRemoval, runQueueBulk, stopQueueBulk } from "./bulk.ts";

const redis = useRedis();
const bull = useBullmq(redis);
const ask = asker(useApi(redis, { READ_ONLY_QUEUES: "frozen" }));
const params = { queue: "mail" };

type State = contract.QueueBulkState;

async function rested(id: string): Promise<State> {
  let state: State | undefined;
  await until(async () => {
    state = (await ask(contract.getQueueBulk, getQueueBulk, { params: { id } })).body;
    return state.state !== "planning" && state.state !== "running";
  });
  return state!;
}

const planOf = (act: { kind: "retry" } | { kind: "promote" }, select: contract.JobSelection) =>
  ask(contract.planJobsAct, planJobsAct, { as: "operator", params, body: { act, select } });
const removalOf = (act: NonNullable<Parameters<typeof removalAnswer>[0]>, select?: contract.JobSelection) =>
  removalAnswer(act, select);
const removalAnswer = (
  act:
    | { kind: "remove" }
    | {
        kind: "clean";
        state: "completed" | "failed" | "waiting" | "delayed" | "active";
        olderThanMs?: number;
        limit?: number;
      }
    | { kind: "drain"; delayed?: boolean }
    | { kind: "obliterate"; force?: boolean },
  select?: contract.JobSelection,
  as: "operator" | "admin" = "admin",
) => ask(contract.planRemoval, planRemoval, { as, params, body: { act, ...(select ? { select } : {}) } });

async function run(planned: { body: State }, as: "operator" | "admin" = "admin"): Promise<State> {
  const plan = await rested(planned.body.id);
  expect(plan).toMatchObject({ state: "ready", message: null });
  const body = plan.confirm === null ? {} : { confirm: plan.confirm };
  const started = await ask(contract.runQueueBulk, runQueueBulk, { as, params: { id: plan.id }, body });
  expect(started.status).toBe(200);
  return rested(plan.id);
}

async function fail(count: number): Promise<void> {
  const queue = bull.queue("mail");
  await queue.addBulk(Array.from({ length: count }, (_, n) => ({ name: n % 2 ? "odd" : "even", data: { n } })));
  const worker = bull.worker(
    "mail",
    async ({ data }) => {
      throw new Error(data.n % 3 === 0 ? `third ${data.n}` : "other");
    },
    { concurrency: 50 },
  );
  await until(async () => (await queue.getFailedCount()) === count);
  await worker.close();
}

describe("an act on many jobs", () => {
  it("shows first what it means, and then does exactly that", async () => {
    await fail(30);
    const planned = await planOf({ kind: "retry" }, { state: "failed", filter: { text: "odd", in: "name" } });
    const plan = await rested(planned.body.id);
    expect(plan.plan).toMatchObject({ examined: 30, total: 30, count: 15, complete: true });
    expect(plan.plan.sample.every(({ name }) => name === "odd")).toBe(true);
    expect(await bull.queue("mail").getFailedCount()).toBe(30);
    const done = await run(planned, "operator");
    expect(done).toMatchObject({ state: "done", progress: { done: 15, changed: 15, skipped: 0 } });
    expect(await bull.queue("mail").getJobCounts("failed", "waiting")).toMatchObject({ failed: 15, waiting: 15 });
  });

  it("acts on a group of failures", async () => {
    await fail(12);
    const { body } = await ask(listFailuresEndpoint, listFailures, { params });
    const third = body.groups.find(({ title }) => title.includes("third"))!;
    expect(third.count).toBe(4);
    const done = await run(await planOf({ kind: "retry" }, { fingerprint: third.fingerprint }), "operator");
    expect(done.progress).toMatchObject({ changed: 4 });
    expect(await bull.queue("mail").getFailedCount()).toBe(8);
  });

  it("acts on a selection, and skips what changed since with the reason", async () => {
    const jobs = await bull
      .queue("mail")
      .addBulk([1, 2, 3].map((n) => ({ name: "n", data: {}, opts: { delay: 60_000 + n } })));
    const ids = jobs.map(({ id }) => id!);
    const planned = await planOf({ kind: "promote" }, { ids: [...ids, "gone"] });
    const plan = await rested(planned.body.id);
    expect(plan.plan).toMatchObject({ count: 3, refused: { "gone already": 1 } });
    await jobs[0]!.promote();
    await jobs[1]!.remove();
    const done = await run(planned, "operator");
    expect(done.progress).toEqual({ done: 3, changed: 1, skipped: 2 });
    expect(done.skipped.map(({ because }) => because).sort()).toEqual(Array(2).fill("in another state by now"));
  });

  it("retries no job that failed, was tried again and is done by now", async () => {
    await fail(3);
    const queue = bull.queue("mail");
    const [done, ...rest] = await queue.getFailed();
    const ids = [done!, ...rest].map(({ id }) => id!);
    const plans = [await planOf({ kind: "retry" }, { ids }), await planOf({ kind: "retry" }, { state: "failed" })];
    await Promise.all(plans.map(({ body }) => rested(body.id)));
    await done!.retry();
    const worker = bull.worker("mail", async () => "done");
    await until(async () => (await done!.getState()) === "completed");
    await worker.close();
    expect(await run(plans[0]!, "operator")).toMatchObject({ progress: { changed: 2, skipped: 1 } });
    expect(await run(plans[1]!, "operator")).toMatchObject({ progress: { changed: 0, skipped: 3 } });
    expect(await done!.getState()).toBe("completed");
  });

  it("removes no failed job that was retried since", async () => {
    await fail(3);
    const planned = await removalOf({ kind: "remove" }, { state: "failed" });
    await rested(planned.body.id);
    const [retried] = await bull.queue("mail").getFailed();
    await retried!.retry();
    const done = await run(planned);
    expect(done).toMatchObject({
      progress: { changed: 2, skipped: 1 },
      skipped: [{ id: retried!.id, because: "in another state by now" }],
    });
    expect(await retried!.getState()).toBe("waiting");
  });

  it("refuses a state in which it could do nothing, another's plan, and a second run", async () => {
    await bull.queue("mail").add("n", {});
    const planned = await planOf({ kind: "retry" }, { state: "waiting" });
    expect(await rested(planned.body.id)).toMatchObject({
      state: "failed",
      message: expect.stringContaining("waiting"),
    });
    const plan = await planOf({ kind: "promote" }, { state: "delayed" });
    await run(plan, "operator");
    const again = await ask(contract.runQueueBulk, runQueueBulk, { params: { id: plan.body.id }, body: {} });
    expect(again).toMatchObject({ status: 409, code: "CONFLICT" });
    expect((await ask(contract.getQueueBulk, getQueueBulk, { params: { id: "none" } })).status).toBe(404);
  });

  it("is an admin's when it removes", async () => {
    await bull.queue("mail").add("n", {});
    expect((await removalAnswer({ kind: "drain" }, undefined, "operator")).code).toBe("FORBIDDEN");
    const planned = await removalOf({ kind: "drain" });
    await rested(planned.body.id);
    const run = await ask(contract.runQueueBulk, runQueueBulk, { as: "operator", params: { id: planned.body.id } });
    expect(run.code).toBe("FORBIDDEN");
    expect(await bull.queue("mail").getWaitingCount()).toBe(1);
  });

  it("asks to type the count beyond a thousand jobs, and can be stopped", async () => {
    const queue = bull.queue("mail");
    for (let round = 0; round < 4; round++)
      await queue.addBulk(Array.from({ length: 1_000 }, (_, n) => ({ name: "n", data: { n } })));
    const planned = await removalOf({ kind: "remove" }, { state: "waiting" });
    const plan = await rested(planned.body.id);
    expect(plan.confirm).toBe("remove 4000 jobs");
    const start = (confirm?: string) =>
      ask(contract.runQueueBulk, runQueueBulk, { params: { id: plan.id }, body: confirm ? { confirm } : {} });
    expect(await start()).toMatchObject({ status: 422, code: "CONFIRMATION_REQUIRED" });
    expect((await start(plan.confirm!)).status).toBe(200);
    await ask(contract.stopQueueBulk, stopQueueBulk, { params: { id: plan.id } });
    const stopped = await rested(plan.id);
    expect(stopped.state).toBe("stopped");
    expect(await queue.getWaitingCount()).toBe(4_000 - stopped.progress.changed);
    expect(stopped.progress.changed).toBeLessThan(4_000);
  });
});

describe("cleaning", () => {
  it("removes finished jobs by age and limit, oldest first", async () => {
    await fail(20);
    await until(async () => Date.now() - (await bull.queue("mail").getFailed(0, 0))[0]!.finishedOn! > 20);
    const limited = await run(await removalOf({ kind: "clean", state: "failed", limit: 5 }));
    expect(limited.progress.changed).toBe(5);
    const young = await run(await removalOf({ kind: "clean", state: "failed", olderThanMs: 3_600_000 }));
    expect(young.progress.changed).toBe(0);
    await run(await removalOf({ kind: "clean", state: "failed" }));
    expect(await bull.queue("mail").getFailedCount()).toBe(0);
  });

  it("never disarms a scheduler, nor a repeatable job that BullMQ 5 left", async () => {
    const queue = bull.queue("mail");
    await queue.upsertJobScheduler("daily", { pattern: "0 2 * * *" });
    await queue.addBulk(Array.from({ length: 30 }, () => ({ name: "n", data: {}, opts: { delay: 1 } })));
    const admin = redis.connect();
    const next = Date.now() + 3_600_000;
    await admin.zadd("test:mail:repeat", next, "0f1e2d");
    await admin.hset("test:mail:repeat:0f1e2d", { name: "legacy", pattern: "0 3 * * *" });
    await admin.hset(`test:mail:repeat:abc:${next}`, {
      name: "legacy",
      data: "{}",
      opts: "{}",
      timestamp: 1,
      rjk: "0f1e2d",
    });
    await admin.zadd("test:mail:delayed", next * 4_096, `repeat:abc:${next}`);
    for (const act of [
      { kind: "clean", state: "delayed" },
      { kind: "drain", delayed: true },
    ] as const) {
      const done = await run(await removalOf(act));
      expect(done.skipped.every(({ because }) => /scheduler/.test(because))).toBe(true);
    }
    const left = await queue.getDelayed();
    expect(left.map(({ id }) => id)).toContain(`repeat:abc:${next}`);
    expect(left.filter(({ id }) => id?.startsWith("repeat:daily:"))).toHaveLength(1);
    expect(left).toHaveLength(2);
    expect(await queue.getJobScheduler("daily")).toBeDefined();
  });

  it("drains what waits, and leaves what is delayed unless told", async () => {
    const queue = bull.queue("mail");
    await queue.addBulk([
      { name: "a", data: {} },
      { name: "b", data: {}, opts: { priority: 2 } },
      { name: "c", data: {}, opts: { delay: 60_000 } },
    ]);
    await run(await removalOf({ kind: "drain" }));
    expect(await queue.getJobCounts("waiting", "prioritized", "delayed")).toMatchObject({
      waiting: 0,
      prioritized: 0,
      delayed: 1,
    });
    await run(await removalOf({ kind: "drain", delayed: true }));
    expect(await queue.getDelayedCount()).toBe(0);
  });

  it("keeps every command short, however many jobs there are", async () => {
    const queue = bull.queue("mail");
    for (let round = 0; round < 4; round++)
      await queue.addBulk(Array.from({ length: 2_000 }, () => ({ name: "n", data: { payload: "x".repeat(100) } })));
    const admin = redis.connect();
    const ids = await admin.lrange("test:mail:wait", 0, -1);
    await admin.del("test:mail:wait");
    for (let at = 0; at < ids.length; at += 1_000)
      await admin.zadd("test:mail:completed", ...ids.slice(at, at + 1_000).flatMap((id) => [1_000 + at, id]));
    await admin.config("SET", "slowlog-log-slower-than", "10000");
    await admin.slowlog("RESET");
    const done = await run(await removalOf({ kind: "clean", state: "completed" }));
    expect(done.progress.changed).toBe(8_000);
    // A busy machine may pause any command; one that is too long by itself would be here every time.
    expect((await admin.slowlog("GET", 100)) as unknown[]).toSatisfy((slow: unknown[]) => slow.length < 10);
    expect(await admin.keys("test:mail:[0-9]*")).toEqual([]);
  }, 60_000);
});

describe("obliterating", () => {
  it("asks for the queue's name, and takes the queue with everything in it", async () => {
    const queue = bull.queue("mail");
    await queue.addBulk(Array.from({ length: 300 }, () => ({ name: "n", data: {} })));
    const planned = await removalOf({ kind: "obliterate" });
    expect((await rested(planned.body.id)).confirm).toBe("mail");
    await run(planned);
    expect(await redis.connect().keys("test:mail:*")).toEqual([]);
  });

  it("takes jobs that wait for children as well, and leaves the children in their queues", async () => {
    const children = [{ name: "child", queueName: "parcels", data: {} }];
    await bull.flows().add({ name: "order", queueName: "mail", data: {}, children });
    await run(await removalOf({ kind: "obliterate" }));
    expect(await redis.connect().keys("test:mail:*")).toEqual([]);
    expect(await bull.queue("parcels").getJobCounts("wait")).toMatchObject({ wait: 1 });
  });

  it("refuses while jobs are active, unless forced", async () => {
    const job = await bull.queue("mail").add("n", {});
    let finish = () => {};
    bull.worker("mail", () => new Promise<void>((resolve) => (finish = resolve)));
    await until(async () => (await job.getState()) === "active");
    const refused = await rested((await removalOf({ kind: "obliterate" })).body.id);
    expect(refused).toMatchObject({ state: "failed", message: expect.stringContaining("active") });
    expect((await run(await removalOf({ kind: "obliterate", force: true }))).state).toBe("done");
    finish();
  });

  it("leaves the queue running when a job became active after the dry run", async () => {
    const job = await bull.queue("mail").add("n", {});
    const planned = await removalOf({ kind: "obliterate" });
    await rested(planned.body.id);
    let finish = () => {};
    bull.worker("mail", () => new Promise<void>((resolve) => (finish = resolve)));
    await until(async () => (await job.getState()) === "active");
    expect(await run(planned)).toMatchObject({ state: "failed", message: expect.stringContaining("active") });
    expect(await bull.queue("mail").isPaused()).toBe(false);
    finish();
  });
});

it("leaves a read-only queue alone", async () => {
  await bull.queue("frozen").add("n", {});
  const body = { act: { kind: "drain" as const } };
  const answer = await ask(contract.planRemoval, planRemoval, { params: { queue: "frozen" }, body });
  expect(answer).toMatchObject({ status: 405, code: "READ_ONLY_QUEUE" });
});
