import { describe, expect, it } from "vitest";
import * as contract from "../../../contracts/queue-schedulers.ts";
import { useApi } from "../../../testing/api.ts";
import { asker } from "../../../testing/ask.ts";
import { IS_BULLMQ_5, useBullmq } from "../../../testing/queues.ts";
import { until, useRedis } from "../../../testing/redis.ts";
import { listQueueUndo, undoQueueAct } from "../undo/undo.ts";
import { removeScheduler, runScheduler, saveScheduler } from "./acts.ts";
import { previewSchedule } from "./schedule.ts";
import { listSchedulers } from "./schedulers.ts";

const redis = useRedis();
const bull = useBullmq(redis);
const ask = asker(useApi(redis));

const HOUR = 3_600_000;
const list = async () => (await ask(contract.listSchedulers, listSchedulers, { as: "viewer" })).body.schedulers;
const at = (id: string) => ({ as: "operator" as const, params: { queue: "mail", id } });

function save(
  id: string,
  body: { mode?: "create" | "change"; schedule: contract.Schedule; data?: string; options?: string },
) {
  return ask(contract.saveScheduler, saveScheduler, { ...at(id), body: { mode: "create", name: "send", ...body } });
}

describe("the table of schedulers", () => {
  it("has those of all queues, next run first, with their last run", async () => {
    await bull
      .queue("mail")
      .upsertJobScheduler(
        "daily",
        { pattern: "0 2 * * *", tz: "Europe/Berlin" },
        { name: "report", data: { secret: "s3" } },
      );
    await bull.queue("sms").upsertJobScheduler("often", { every: 200 }, { name: "ping" });
    bull.worker("sms", async () => {});
    await until(async () => (await list()).some(({ id, lastState }) => id === "often" && lastState === "completed"));
    const [often, daily] = await list();
    expect(often).toMatchObject({ queue: "sms", id: "often", everyMs: 200, name: "ping", isLegacy: false });
    expect(often!.iterations).toBeGreaterThanOrEqual(1);
    expect(daily).toMatchObject({ queue: "mail", pattern: "0 2 * * *", zone: "Europe/Berlin", lastAt: null });
    expect(daily!.nextAt).toBeGreaterThan(Date.now());
    expect(daily!.data.text).not.toContain("s3");
    expect(await bull.queue("mail").getJob(daily!.nextJobId!)).toBeDefined();
  });

  it("shows what BullMQ 5 left, which BullMQ 6 would throw at or delete", async () => {
    await bull.queue("mail").waitUntilReady();
    await bull.queue("mail").upsertJobScheduler("new", { every: HOUR });
    const admin = redis.connect();
    const next = Date.now() + HOUR;
    await admin.zadd("test:mail:repeat", next, "report:::Europe/Paris:0 4 * * *", next, "0f1e2d3c");
    await admin.hset("test:mail:repeat:0f1e2d3c", { name: "hashed", every: "60000" });
    if (!IS_BULLMQ_5) await expect(bull.queue("mail").getJobSchedulers()).rejects.toThrow(/Legacy/);
    const legacy = (await list()).filter(({ isLegacy }) => isLegacy);
    expect(legacy.map(({ name, pattern, everyMs, zone }) => ({ name, pattern, everyMs, zone }))).toEqual(
      expect.arrayContaining([
        { name: "report", pattern: "0 4 * * *", everyMs: null, zone: "Europe/Paris" },
        { name: "hashed", pattern: null, everyMs: 60_000, zone: null },
      ]),
    );
    expect(await admin.zcard("test:mail:repeat")).toBe(3);
    expect(await ask(contract.removeScheduler, removeScheduler, at("0f1e2d3c"))).toMatchObject({ status: 409 });
  });
});

describe("changing schedulers", () => {
  it("creates and changes one, with the warning that the application may overwrite it", async () => {
    await bull.queue("mail").add("n", {});
    const created = await save("nightly", {
      schedule: { pattern: "30 1 * * *", zone: "UTC" },
      data: '{"a":1}',
      options: '{"attempts":3}',
    });
    expect(created.status).toBe(200);
    expect(created.body.warning).toMatch(/next start may overwrite/);
    expect(await bull.queue("mail").getJobScheduler("nightly")).toMatchObject({
      ...{ name: "send", pattern: "30 1 * * *", tz: "UTC" },
      template: { data: { a: 1 }, opts: { attempts: 3 } },
    });
    expect((await save("nightly", { schedule: { everyMs: HOUR } })).code).toBe("CONFLICT");
    const changed = await save("nightly", { mode: "change", schedule: { everyMs: HOUR } });
    expect(changed.body.scheduler).toMatchObject({ everyMs: HOUR, pattern: null });
    expect((await save("nobody", { mode: "change", schedule: { everyMs: HOUR } })).code).toBe("NOT_FOUND");
  });

  it("keeps data and options that are left out, and never saves what stands for a secret", async () => {
    await bull.queue("mail").add("n", {});
    const data = '{"password":"hunter2","to":"a"}';
    const made = await save("nightly", { schedule: { everyMs: HOUR }, data, options: '{"attempts":3}' });
    const shown = made.body.scheduler.data.text;
    expect(shown).not.toContain("hunter2");
    const refused = await save("nightly", { mode: "change", schedule: { everyMs: 2 * HOUR }, data: shown });
    expect(refused).toMatchObject({ status: 422, message: expect.stringContaining("stands for a secret") });
    expect((await save("nightly", { mode: "change", schedule: { everyMs: 2 * HOUR } })).status).toBe(200);
    expect(await bull.queue("mail").getJobScheduler("nightly")).toMatchObject({
      ...{ every: 2 * HOUR },
      template: { data: JSON.parse(data), opts: { attempts: 3 } },
    });
  });

  it("refuses what is no schedule, in words, and changes nothing", async () => {
    await bull.queue("mail").add("n", {});
    for (const [schedule, reason] of [
      [{ pattern: "every day" }, /pattern/],
      [{ pattern: "61 * * * *" }, /pattern/],
      [{ pattern: "0 2 * * *", zone: "Mars/Olympus" }, /zone/],
      [{}, /exactly one/],
      [{ pattern: "* * * * *", everyMs: 5 }, /exactly one/],
      [{ everyMs: 0 }, /everyMs/],
      [{ everyMs: -5 }, /everyMs/],
      [{ everyMs: 1_000, endAt: 1 }, /End date must be greater/],
      [{ everyMs: 1_000, limit: 0 }, /limit/],
    ] as [contract.Schedule, RegExp][]) {
      const answer = await save("bad", { schedule });
      expect([schedule, answer.status, answer.code]).toEqual([schedule, 422, "INVALID_INPUT"]);
      expect(answer.message).toMatch(reason);
      expect((await ask(contract.previewSchedule, previewSchedule, { body: schedule })).status).toBe(422);
    }
    expect((await save("bad", { schedule: { everyMs: HOUR }, data: "{nope" })).status).toBe(422);
    expect((await save("bad", { schedule: { everyMs: HOUR }, options: '{"jobId":"x"}' })).status).toBe(422);
    expect(await list()).toEqual([]);
  });

  it("previews the next runs in their zone", async () => {
    const body = { pattern: "0 2 * * *", zone: "Asia/Tokyo" };
    const { runs } = (await ask(contract.previewSchedule, previewSchedule, { body })).body;
    expect(runs).toHaveLength(5);
    for (const run of runs) expect(new Date(run).toISOString()).toContain("T17:00:00");
    const every = (await ask(contract.previewSchedule, previewSchedule, { body: { everyMs: HOUR } })).body.runs;
    expect(every[1]! - every[0]!).toBe(HOUR);
  });

  it("runs one now, and leaves its rhythm", async () => {
    await bull
      .queue("mail")
      .upsertJobScheduler("daily", { pattern: "0 2 * * *" }, { name: "report", data: { a: 1 }, opts: { attempts: 2 } });
    const before = await bull.queue("mail").getJobScheduler("daily");
    const { body } = await ask(contract.runScheduler, runScheduler, at("daily"));
    expect(body.state).toBe("waiting");
    expect(await bull.queue("mail").getJob(body.id)).toMatchObject({
      name: "report",
      data: { a: 1 },
      opts: { attempts: 2 },
    });
    expect(await bull.queue("mail").getJobScheduler("daily")).toEqual(before);
  });

  it("pauses one by removing it, its next run too, and brings it back as it was", async () => {
    const queue = bull.queue("mail");
    await queue.upsertJobScheduler(
      "daily",
      { pattern: "0 2 * * *", tz: "UTC" },
      { name: "report", data: { a: 1 }, opts: { attempts: 2 } },
    );
    const before = await queue.getJobScheduler("daily");
    const removed = await ask(contract.removeScheduler, removeScheduler, at("daily"));
    expect(await queue.getJobCounts("delayed")).toEqual({ delayed: 0 });
    expect(await list()).toEqual([]);
    const { entries } = (await ask(contract.listQueueUndo, listQueueUndo)).body;
    expect(entries).toMatchObject([{ id: removed.body.undoId, kind: "scheduler", target: "daily", queue: "mail" }]);
    const back = { as: "operator" as const, params: { id: removed.body.undoId! } };
    expect((await ask(contract.undoQueueAct, undoQueueAct, back)).body.state).toBe("scheduled");
    expect(await queue.getJobScheduler("daily")).toEqual(before);
    expect(await queue.getDelayedCount()).toBe(1);
    expect((await ask(contract.removeScheduler, removeScheduler, at("nobody"))).status).toBe(404);
  });

  it("brings none back over one that was made meanwhile, and lets it run no more often than it was to", async () => {
    const queue = bull.queue("mail");
    await queue.upsertJobScheduler("thrice", { every: HOUR, limit: 3 });
    await redis.connect().hset("test:mail:repeat:thrice", "ic", 2);
    const { undoId } = (await ask(contract.removeScheduler, removeScheduler, at("thrice"))).body;
    const undo = () => ask(contract.undoQueueAct, undoQueueAct, { params: { id: undoId! } });
    await queue.upsertJobScheduler("thrice", { every: 2 * HOUR });
    expect(await undo()).toMatchObject({ status: 409, code: "CONFLICT" });
    expect(await queue.getJobScheduler("thrice")).toMatchObject({ every: 2 * HOUR });
    await queue.removeJobScheduler("thrice");
    expect((await undo()).status).toBe(200);
    expect(await queue.getJobScheduler("thrice")).toMatchObject({ every: HOUR, limit: 2, iterationCount: 1 });
  });
});
