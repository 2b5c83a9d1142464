import { describe, expect, it } from "vitest";
import * as contract from "../../../contracts/queue-jobs.ts";
import { useApi } from "../../../testing/api.ts";
import { asker } from "../../../testing/ask.ts";
import { useBullmq } from "../../../testing/queues.ts";
import { until, useRedis } from "../../../testing/redis.ts";
import { getJob } from "./job.ts";
import { listJobs } from "./jobs.ts";
import { listJobLogs } from "./logs.ts";
import { downloadJob, revealJob } from "./texts.ts";

const redis = useRedis();
const bull = useBullmq(redis);
const api = useApi(redis);
const ask = asker(api);

const page = (query: Record<string, string | number>, queue = "mail") =>
  ask(contract.listJobs, listJobs, { as: "viewer", params: { queue }, query });
const job = (id: string, queue = "mail") => ask(contract.getJob, getJob, { as: "viewer", params: { queue, id } });

describe("a page of jobs", () => {
  it("comes in both orders, in pieces, next to run first or last", async () => {
    await bull.queue("mail").addBulk(Array.from({ length: 12 }, (_, n) => ({ name: `n${n}`, data: { n } })));
    const first = await page({ state: "waiting", order: "first", limit: 5 });
    expect(first.body.jobs.map(({ name }) => name)).toEqual(["n0", "n1", "n2", "n3", "n4"]);
    expect(first.body.total).toBe(12);
    const rest = await page({ state: "waiting", order: "first", offset: 10, limit: 5 });
    expect(rest.body.jobs.map(({ name }) => name)).toEqual(["n10", "n11"]);
    const last = await page({ state: "waiting", limit: 3 });
    expect(last.body.jobs.map(({ name }) => name)).toEqual(["n11", "n10", "n9"]);
  });

  it("has what a table shows, for each state, and no payload", async () => {
    const queue = bull.queue("mail");
    await queue.add("later", {}, { delay: 60_000 });
    await queue.add("urgent", { big: "x".repeat(1_000) }, { priority: 7, attempts: 3 });
    await queue.pause();
    const [delayed] = (await page({ state: "delayed" })).body.jobs;
    expect(Math.abs(delayed!.dueAt! - delayed!.addedAt! - 60_000)).toBeLessThan(5);
    const [urgent] = (await page({ state: "prioritized" })).body.jobs;
    expect(urgent).toMatchObject({ name: "urgent", priority: 7, attempts: 3, attemptsMade: 0, dataBytes: 1_010 });
    expect(urgent).not.toHaveProperty("data");
  });

  it("says who failed of what, and masks secrets in it", async () => {
    await bull.queue("mail").add("send", {});
    bull.worker(
      "mail",
      async () => {
        throw new Error('refused {"password":"hunter2"}\nsecond line');
      },
      { name: "alice" },
    );
    await until(async () => (await page({ state: "failed" })).body.total === 1);
    const [failed] = (await page({ state: "failed" })).body.jobs;
    expect(failed).toMatchObject({ attemptsMade: 1, worker: "alice" });
    expect(failed!.failedReason).toContain("refused");
    expect(failed!.failedReason).not.toMatch(/hunter2|second/);
  });
});

describe("one job", () => {
  it("tells its life with gaps: delay, each attempt, who took it, the end", async () => {
    let attempt = 0;
    const queue = bull.queue("mail");
    const added = await queue.add(
      "send",
      { to: "a" },
      { delay: 50, attempts: 2, backoff: { type: "fixed", delay: 60 } },
    );
    bull.worker(
      "mail",
      async (running) => {
        await running.log("at work");
        await running.updateProgress(50);
        if (++attempt === 1) throw new TypeError("first try");
        return { sent: true };
      },
      { name: "alice" },
    );
    await until(async () => (await job(added.id!)).body.state === "completed");
    const { body } = await job(added.id!);
    expect(body.timeline.map(({ kind }) => kind)).toEqual([
      ...["added", "delayed", "due", "started", "failed-attempt", "delayed", "due", "started", "completed"],
    ]);
    expect(body.timeline.at(-2)).toMatchObject({ kind: "started", attempt: 2, worker: "alice" });
    expect(body.timeline.find(({ kind }) => kind === "failed-attempt")?.text).toContain("TypeError: first try");
    for (const { gapMs } of body.timeline.slice(1)) expect(gapMs).toBeGreaterThanOrEqual(0);
    expect(body).toMatchObject({ attemptsMade: 2, attempts: 2, logs: 2, progress: 50, lock: null });
    expect(JSON.parse(body.returnValue!.text)).toEqual({ sent: true });
    expect(JSON.parse(body.options.text)).toMatchObject({ attempts: 2, delay: 50 });
    expect(body.stacks[0]!.text).toContain("TypeError: first try");
  });

  it("tells its attempts without times when the event stream is gone", async () => {
    const queue = bull.queue("mail");
    const added = await queue.add("send", {}, { attempts: 2 });
    bull.worker("mail", async () => {
      throw new Error("always");
    });
    await until(async () => (await job(added.id!)).body.state === "failed");
    await redis.connect().del("test:mail:events");
    expect((await job(added.id!)).body.timeline.map(({ kind, attempt }) => [kind, attempt])).toEqual([
      ...[
        ["added", null],
        ["failed-attempt", 1],
        ["started", 2],
        ["failed", 2],
      ],
    ]);
  });

  it("says who holds an active job, and for how long", async () => {
    const added = await bull.queue("mail").add("send", {});
    let finish = () => {};
    bull.worker("mail", () => new Promise<void>((resolve) => (finish = resolve)), {
      lockDuration: 20_000,
      name: "bob",
    });
    await until(async () => (await job(added.id!)).body.state === "active");
    const { lock, can } = (await job(added.id!)).body;
    expect(lock?.worker).toBe("bob");
    expect(lock?.remainingMs).toBeGreaterThan(1_000);
    expect(can).toMatchObject({ remove: false, fail: false, retry: false });
    finish();
  });

  it("opens with a 5 MB payload at once: cut, and whole in the download", async () => {
    const data = { blob: "x".repeat(5 * 1024 * 1024), password: "hunter2" };
    const added = await bull.queue("mail").add("big", data);
    await job(added.id!);
    const startedAt = performance.now();
    const { body } = await job(added.id!);
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(body.data).toMatchObject({ truncated: true, bytes: JSON.stringify(data).length });
    expect(body.data.text.length).toBeLessThan(300_000);
    const whole = await ask(contract.downloadJob, downloadJob, {
      ...{ as: "viewer", params: { queue: "mail", id: added.id! }, query: { field: "data" } },
    });
    expect(String(whole.body).length).toBeGreaterThan(5 * 1024 * 1024);
    expect(String(whole.body)).not.toContain("hunter2");
  });

  it("masks sensitive fields until an admin reveals them, on the record", async () => {
    const added = await bull.queue("mail").add("send", { user: "a", password: "hunter2", nested: { token: "t0ken" } });
    const { data } = (await job(added.id!)).body;
    expect(data.masked).toBe(true);
    expect(data.text).not.toMatch(/hunter2|t0ken/);
    const reveal = (as: "operator" | "admin") =>
      ask(contract.revealJob, revealJob, { as, params: { queue: "mail", id: added.id! }, body: { field: "data" } });
    expect((await reveal("operator")).code).toBe("FORBIDDEN");
    expect((await reveal("admin")).body.text).toContain("hunter2");
    expect(api.log()).toContain("queues.reveal");
  });

  it("pages its log from both ends", async () => {
    const added = await bull.queue("mail").add("send", {});
    for (let line = 0; line < 5; line++) await added.log(`line ${line}`);
    const logs = async (query: Record<string, string | number>) => {
      const params = { queue: "mail", id: added.id! };
      const { body } = await ask(contract.listJobLogs, listJobLogs, { as: "viewer", params, query });
      return body.lines.map(({ index, line }) => [index, line.text]);
    };
    expect(await logs({ limit: 2 })).toEqual([
      [0, "line 0"],
      [1, "line 1"],
    ]);
    expect(await logs({ limit: 2, order: "last" })).toEqual([
      [4, "line 4"],
      [3, "line 3"],
    ]);
    expect(await logs({ limit: 2, order: "last", offset: 2 })).toEqual([
      [2, "line 2"],
      [1, "line 1"],
    ]);
  });

  it("answers 404 for a job that is not there", async () => {
    await bull.queue("mail").add("send", {});
    expect(await job("nope")).toMatchObject({ status: 404, code: "JOB_NOT_FOUND" });
  });
});
