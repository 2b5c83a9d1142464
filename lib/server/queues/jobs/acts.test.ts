import type { Job } from "bullmq";
import { describe, expect, it } from "vitest";
import * as jobActs from "../../../contracts/queue-job-acts.ts";
import * as contract from "../../../contracts/queue-jobs.ts";
import * as schedulers from "../../../contracts/queue-schedulers.ts";
import { useApi } from "../../../testing/api.ts";
import { asker } from "../../../testing/ask.ts";
import { useBullmq } from "../../../testing/queues.ts";
import { until, useRedis } from "../../../testing/redis.ts";
import { undoQueueAct } from "../undo/undo.ts";
import * as acts from "./acts.ts";
import { addJob, duplicateJob } from "./add.ts";
import { getJob } from "./job.ts";
import { addJobLog, clearJobLogs } from "./logs.ts";
import { removeJob } from "./remove.ts";

const redis = useRedis();
const bull = useBullmq(redis);
const api = useApi(redis, { READ_ONLY_QUEUES: "frozen,billing-*" });
const ask = asker(api);

const at = (id: string | undefined, queue = "mail") => ({ params: { queue, id: id! }, as: "operator" as const });
const fresh = (id: string | undefined) => bull.queue("mail").getJob(id!) as Promise<Job>;
const stateOf = async (id: string | undefined) => (await fresh(id)).getState();

async function failedJob(options = {}): Promise<Job> {
  const added = await bull.queue("mail").add("send", { to: "a" }, options);
  const worker = bull.worker("mail", async () => {
    throw new Error("no");
  });
  await until(async () => (await stateOf(added.id)) === "failed");
  await worker.close();
  return added;
}

/** A job that is active although nobody holds it: its worker died. */
async function stalledJob(): Promise<Job> {
  const added = await bull.queue("mail").add("send", {});
  const worker = bull.worker("mail", null, { stalledInterval: 60_000 });
  const job = (await worker.getNextJob("token")) as Job;
  await redis.connect().del(`test:mail:${job.id}:lock`);
  return added;
}

describe("adding", () => {
  const add = (body: Record<string, string>, as: "viewer" | "operator" = "operator") =>
    ask(jobActs.addJob, addJob, { as, params: { queue: "mail" }, body: { name: "send", ...body } });

  it("adds what a worker then gets, options and all", async () => {
    await bull.queue("mail").waitUntilReady();
    await bull.queue("mail").add("other", {});
    const { status, body } = await add({ data: '{"to":"a"}', options: '{"priority":3,"attempts":2,"jobId":"mine"}' });
    expect([status, body]).toEqual([200, { id: "mine", state: "prioritized" }]);
    expect(await fresh("mine")).toMatchObject({ name: "send", data: { to: "a" }, opts: { attempts: 2, priority: 3 } });
  });

  it("refuses what is wrong in BullMQ's words, and adds nothing", async () => {
    await bull.queue("mail").add("other", {});
    for (const [body, reason] of [
      [{ data: "{nope" }, /data is not valid JSON/],
      [{ data: '{"id":12345678901234567890}' }, /would lose digits/],
      [{ options: '{"delay":-1}' }, /delay cannot be negative/],
      [{ options: '{"priority":2097152}' }, /Priority should be between 0 and 2097151/],
      [{ options: '{"priority":1.5}' }, /Priority should not be float/],
      [{ options: '{"jobId":"123"}' }, /Custom Id cannot be integers/],
      [{ options: '{"jobId":"a:b"}' }, /Custom Id cannot contain :/],
      [{ options: '{"dealy":1}' }, /dealy/],
      [{ options: '{"parent":{"id":"1","queue":"other:secret"}}' }, /under this prefix/],
      [{ options: '{"failParentOnFailure":true,"ignoreDependencyOnFailure":true}' }, /cannot be used together/],
    ] as const) {
      const answer = await add(body as Record<string, string>);
      expect([answer.status, answer.code]).toEqual([422, "INVALID_INPUT"]);
      expect(answer.message).toMatch(reason);
    }
    expect((await add({ options: '{"jobId":"x"}' })).status).toBe(200);
    expect(await add({ options: '{"jobId":"x"}' })).toMatchObject({ status: 409, code: "CONFLICT" });
    expect(await add({ options: '{"parent":{"id":"1","queue":"test:gone"}}' })).toMatchObject({ status: 404 });
    expect(await bull.queue("mail").getWaitingCount()).toBe(2);
    expect((await add({}, "viewer")).status).toBe(403);
  });

  it("says so when another job stands for it by deduplication", async () => {
    await bull.queue("mail").add("other", {});
    const options = '{"deduplication":{"id":"once"}}';
    const first = await add({ options });
    const second = await add({ options });
    expect(second).toMatchObject({ status: 409, code: "CONFLICT", message: expect.stringContaining(first.body.id) });
    expect(await bull.queue("mail").getWaitingCount()).toBe(2);
  });

  it("takes no id under which BullMQ keeps the queue itself, and no parent that is none or may not be changed", async () => {
    const { job } = await bull.flows().add({
      ...{ name: "order", queueName: "frozen" },
      children: [{ name: "part", queueName: "mail" }],
    });
    const before = (await redis.connect().keys("test:*")).sort();
    for (const [options, status] of [
      ['{"jobId":"repeat"}', 422],
      ['{"jobId":"failed"}', 422],
      ['{"parent":{"id":"meta","queue":"test:frozen"}}', 405],
      [`{"parent":{"id":"${job.id}","queue":"test:frozen"}}`, 405],
      ['{"parent":{"id":"meta","queue":"test:mail"}}', 404],
    ] as const)
      expect([options, (await add({ options })).status]).toEqual([options, status]);
    expect((await redis.connect().keys("test:*")).sort()).toEqual(before);
  });

  it("does not invent a queue", async () => {
    expect((await add({})).code).toBe("QUEUE_NOT_FOUND");
    expect(await redis.connect().keys("test:*")).toEqual([]);
  });

  it("duplicates a job under a new id, its data to the last digit", async () => {
    const added = await bull.queue("mail").add("send", {}, { attempts: 4, jobId: "first" });
    await redis.connect().hset("test:mail:first", "data", '{"n":12345678901234567890}');
    const { body } = await ask(jobActs.duplicateJob, duplicateJob, at(added.id));
    expect(body.id).not.toBe("first");
    expect(await redis.connect().hget(`test:mail:${body.id}`, "data")).toBe('{"n":12345678901234567890}');
    expect((await fresh(body.id)).opts.attempts).toBe(4);
  });
});

describe("retrying", () => {
  it("runs a failed job again, and counts its attempts anew when asked", async () => {
    const job = await failedJob();
    expect((await fresh(job.id)).attemptsMade).toBe(1);
    const { body } = await ask(jobActs.retryJob, acts.retryJob, { ...at(job.id), body: { resetAttempts: true } });
    expect(body.state).toBe("waiting");
    expect(await fresh(job.id)).toMatchObject({ attemptsMade: 0, attemptsStarted: 0 });
    bull.worker("mail", async () => "done");
    await until(async () => (await stateOf(job.id)) === "completed");
  });

  it("says 409 for a job that is not finished, or was retried meanwhile", async () => {
    const waiting = await bull.queue("mail").add("send", {});
    const answer = await ask(jobActs.retryJob, acts.retryJob, at(waiting.id));
    expect(answer).toMatchObject({ status: 409, code: "JOB_STATE_CHANGED" });
    expect(answer.message).toContain("is waiting");
    expect((await ask(jobActs.retryJob, acts.retryJob, at("gone"))).code).toBe("JOB_NOT_FOUND");
    bull.worker("mail", async () => "done");
    await until(async () => (await stateOf(waiting.id)) === "completed");
    const late = await ask(jobActs.retryJob, acts.retryJob, { ...at(waiting.id), body: { from: "failed" } });
    expect(late).toMatchObject({ status: 409, message: expect.stringContaining("is completed") });
  });
});

describe("changing a job", () => {
  it("promotes, changes the delay and the priority", async () => {
    const job = await bull.queue("mail").add("send", {}, { delay: 60_000 });
    const delayed = await ask(jobActs.changeJobDelay, acts.changeJobDelay, {
      ...at(job.id),
      body: { delayMs: 5_000 },
    });
    expect(delayed.body.state).toBe("delayed");
    expect((await fresh(job.id)).delay).toBe(5_000);
    expect((await ask(jobActs.promoteJob, acts.promoteJob, at(job.id))).body.state).toBe("waiting");
    const priority = { ...at(job.id), body: { priority: 9 } };
    expect((await ask(jobActs.changeJobPriority, acts.changeJobPriority, priority)).body.state).toBe("prioritized");
    expect((await fresh(job.id)).priority).toBe(9);
    expect((await ask(jobActs.promoteJob, acts.promoteJob, at(job.id))).code).toBe("JOB_STATE_CHANGED");
  });

  it("refuses a negative delay and a priority out of range, and changes nothing", async () => {
    const job = await bull.queue("mail").add("send", {}, { delay: 60_000 });
    const delayed = await ask(jobActs.changeJobDelay, acts.changeJobDelay, { ...at(job.id), body: { delayMs: -1 } });
    expect(delayed).toMatchObject({ status: 422, message: expect.stringContaining("negative") });
    for (const priority of [-1, 2_097_152, 0.5])
      expect(
        await ask(jobActs.changeJobPriority, acts.changeJobPriority, { ...at(job.id), body: { priority } }),
      ).toMatchObject({ status: 422 });
    expect(await fresh(job.id)).toMatchObject({ delay: 60_000, priority: 0 });
  });

  it("replaces data, but not over somebody else's change", async () => {
    const job = await bull.queue("mail").add("send", { n: 1 });
    const seen = (await ask(contract.getJob, getJob, at(job.id))).body.dataFingerprint;
    const put = (data: string) =>
      ask(jobActs.updateJobData, acts.updateJobData, { ...at(job.id), body: { data, expected: seen } });
    expect((await put('{"n":2}')).status).toBe(200);
    expect((await fresh(job.id)).data).toEqual({ n: 2 });
    expect(await put('{"n":3}')).toMatchObject({ status: 409, code: "CONFLICT" });
    expect((await put("{nope")).status).toBe(422);
    expect(await put('{"password":"•••••• masked"}')).toMatchObject({ status: 422 });
    expect((await fresh(job.id)).data).toEqual({ n: 2 });
  });

  it("sets progress, adds to the log and empties it", async () => {
    const job = await bull.queue("mail").add("send", {});
    const progress = { ...at(job.id), body: { progress: '{"step":2}' } };
    expect((await ask(jobActs.updateJobProgress, acts.updateJobProgress, progress)).status).toBe(200);
    expect((await fresh(job.id)).progress).toEqual({ step: 2 });
    for (const line of ["one", "two", "three"])
      await ask(jobActs.addJobLog, addJobLog, { ...at(job.id), body: { line } });
    const kept = await ask(jobActs.clearJobLogs, clearJobLogs, { ...at(job.id), body: { keep: 1 } });
    expect(kept.body.total).toBe(1);
    expect((await bull.queue("mail").getJobLogs(job.id!)).logs).toEqual(["three"]);
    expect((await ask(jobActs.clearJobLogs, clearJobLogs, at(job.id))).body.total).toBe(0);
    expect((await ask(jobActs.addJobLog, addJobLog, { ...at("gone"), body: { line: "x" } })).code).toBe(
      "JOB_NOT_FOUND",
    );
  });
});

describe("a job whose worker is gone", () => {
  it("can be failed, and put back to run later", async () => {
    const failed = await stalledJob();
    const body = { message: "its worker died" };
    expect((await ask(jobActs.failJob, acts.failJob, { ...at(failed.id), body })).body.state).toBe("failed");
    expect((await fresh(failed.id)).failedReason).toBe("its worker died");
    const moved = await stalledJob();
    const later = { ...at(moved.id), body: { delayMs: 60_000 } };
    expect((await ask(jobActs.moveJobToDelayed, acts.moveJobToDelayed, later)).body.state).toBe("delayed");
  });

  it("cannot while a worker holds it", async () => {
    const job = await bull.queue("mail").add("send", {});
    let finish = () => {};
    bull.worker("mail", () => new Promise<void>((resolve) => (finish = resolve)));
    await until(async () => (await stateOf(job.id)) === "active");
    for (const answer of [
      await ask(jobActs.failJob, acts.failJob, { ...at(job.id), body: { message: "no" } }),
      await ask(jobActs.moveJobToDelayed, acts.moveJobToDelayed, { ...at(job.id), body: { delayMs: 1 } }),
      await ask(jobActs.removeJob, removeJob, at(job.id)),
    ])
      expect(answer).toMatchObject({ status: 409, code: "JOB_LOCKED" });
    expect(await stateOf(job.id)).toBe("active");
    finish();
  });
});

describe("removing", () => {
  const undo = (id: string | null) =>
    ask(schedulers.undoQueueAct, undoQueueAct, { as: "operator", params: { id: id! } });

  it("brings a job back with the same id, data and options", async () => {
    const job = await bull.queue("mail").add("send", { to: "a" }, { delay: 90_000, attempts: 5 });
    const before = await redis.connect().hgetall(`test:mail:${job.id}`);
    const removed = await ask(jobActs.removeJob, removeJob, at(job.id));
    expect(removed.body.undoId).not.toBeNull();
    expect(await fresh(job.id)).toBeUndefined();
    const back = await undo(removed.body.undoId);
    expect(back.body).toMatchObject({ target: job.id, state: "delayed" });
    expect(await redis.connect().hgetall(`test:mail:${job.id}`)).toEqual(before);
    expect((await undo(removed.body.undoId)).status).toBe(404);
  });

  it("brings a failed job back to run again, and refuses when its id is taken", async () => {
    const job = await failedJob({ jobId: "mine" });
    const { undoId } = (await ask(jobActs.removeJob, removeJob, at("mine"))).body;
    await bull.queue("mail").add("send", {}, { jobId: "mine" });
    expect(await undo(undoId)).toMatchObject({ status: 409, code: "CONFLICT" });
    await bull.queue("mail").remove("mine");
    expect((await undo(undoId)).body.state).toBe("waiting");
    expect((await fresh(job.id)).data).toEqual({ to: "a" });
  });

  it("never disarms a scheduler", async () => {
    const next = await bull
      .queue("mail")
      .upsertJobScheduler("hourly", { every: 3_600_000, startDate: Date.now() + 60_000 });
    const answer = await ask(jobActs.removeJob, removeJob, at(next!.id));
    expect(answer).toMatchObject({ status: 409, code: "CONFLICT" });
    expect(answer.message).toContain("scheduler");
    expect(await stateOf(next!.id)).toBe("delayed");
  });
});

describe("in production", () => {
  const production = asker(useApi(redis, { ENVIRONMENT: "production" }));

  it("what cannot be taken back is typed first", async () => {
    const job = await bull.queue("mail").add("send", {});
    expect((await production(contract.getJob, getJob, at(job.id))).body.confirm).toBe(job.id);
    const refused = await production(jobActs.removeJob, removeJob, at(job.id));
    expect(refused).toMatchObject({ status: 422, code: "CONFIRMATION_REQUIRED" });
    expect(await stateOf(job.id)).toBe("waiting");
    const typed = await production(jobActs.removeJob, removeJob, { ...at(job.id), body: { confirm: job.id! } });
    expect(typed.status).toBe(200);
  });
});

describe("a read-only queue", () => {
  it("answers 405 to every act, and changes nothing", async () => {
    for (const queue of ["frozen", "billing-eu"]) {
      const job = await bull.queue(queue).add("send", {}, { delay: 60_000 });
      const answers = [
        await ask(jobActs.promoteJob, acts.promoteJob, at(job.id, queue)),
        await ask(jobActs.removeJob, removeJob, at(job.id, queue)),
        await ask(jobActs.addJob, addJob, { params: { queue }, body: { name: "x" } }),
      ];
      for (const answer of answers) expect(answer).toMatchObject({ status: 405, code: "READ_ONLY_QUEUE" });
      expect(await job.getState()).toBe("delayed");
      expect((await ask(contract.getJob, getJob, at(job.id, queue))).body.can.promote).toBe(false);
    }
  });
});
