// What applications of BullMQ 5 leave: first what only they leave, then the noun's tests once more with their producers
// and workers.

import { describe, expect, it } from "vitest";
import type { getQueueBulk as bulkEndpoint } from "../../contracts/queue-bulk.ts";
import type { asker } from "../../testing/ask.ts";

process.env.TEST_BULLMQ = "5";

const { until, useRedis } = await import("../../testing/redis.ts");

const SUITES: Readonly<Record<string, () => Promise<unknown>>> = {
  list: () => import("./list/list.test.ts"),
  jobs: () => import("./jobs/jobs.test.ts"),
  "acts on jobs": () => import("./jobs/acts.test.ts"),
  bulk: () => import("./bulk/bulk.test.ts"),
  search: () => import("./jobs/search.test.ts"),
  flows: () => import("./flows/flows.test.ts"),
  "list of flows": () => import("./flows/list.test.ts"),
  schedulers: () => import("./schedulers/schedulers.test.ts"),
  settings: () => import("./settings.test.ts"),
};

describe("a queue of BullMQ 5", async () => {
  const { useBullmq } = await import("../../testing/queues.ts");
  const { useApi } = await import("../../testing/api.ts");
  const testing = await import("../../testing/ask.ts");
  const [bulkContract, jobs, queues, schedulers] = await Promise.all([
    import("../../contracts/queue-bulk.ts"),
    import("../../contracts/queue-jobs.ts"),
    import("../../contracts/queues.ts"),
    import("../../contracts/queue-schedulers.ts"),
  ]);
  const [bulk, { listJobs }, { getQueue }, settings, { listSchedulers }] = await Promise.all([
    import("./bulk/bulk.ts"),
    import("./jobs/jobs.ts"),
    import("./list/list.ts"),
    import("./settings.ts"),
    import("./schedulers/schedulers.ts"),
  ]);
  const redis = useRedis();
  const bull = useBullmq(redis);
  const api = useApi(redis);
  const ask: ReturnType<typeof asker> = testing.asker(api);
  const params = { queue: "mail" };
  const counts = async () => (await ask(queues.getQueue, getQueue, { params })).body.counts;

  async function remove(act: { kind: "drain"; delayed?: boolean } | { kind: "clean"; state: "completed" | "delayed" }) {
    const planned = await ask(bulkContract.planRemoval, bulk.planRemoval, { params, body: { act } });
    const look = () => ask(bulkContract.getQueueBulk as typeof bulkEndpoint, bulk.getQueueBulk, { params: { id } });
    const { id } = planned.body;
    await until(async () => (await look()).body.state === "ready");
    await ask(bulkContract.runQueueBulk, bulk.runQueueBulk, { params: { id }, body: {} });
    await until(async () => (await look()).body.state === "done");
    return (await look()).body;
  }

  /** With the repeatable job that only BullMQ 5 makes: its next run lies among the delayed. */
  async function repeatable() {
    await bull
      .queue("mail")
      .add("report", { to: "a" }, { repeat: { pattern: "0 4 * * *", tz: "Europe/Paris" } } as never);
    const [next] = await redis.connect().zrange("test:mail:delayed", 0, "-1");
    return next!;
  }

  it("shows the jobs of a paused queue, and its workers go on after our resume", { timeout: 30_000 }, async () => {
    const mail = bull.queue("mail");
    await mail.addBulk([1, 2, 3].map((n) => ({ name: "send", data: { n } })));
    await mail.pause();
    await mail.add("late", { n: 4 });
    expect(await redis.connect().llen("test:mail:paused")).toBe(4);
    expect(await counts()).toMatchObject({ paused: 4, waiting: 0 });
    const query = { state: "paused" as const, order: "first" as const, offset: 0, limit: 10 };
    const page = await ask(jobs.listJobs, listJobs, { params, query });
    expect(page.body.jobs.map(({ name }) => name)).toEqual(["send", "send", "send", "late"]);
    const done: number[] = [];
    bull.worker("mail", async ({ data }) => void done.push(data.n));
    await ask(queues.resumeQueue, settings.resumeQueue, { params });
    await until(() => done.length === 4);
    expect(done).toEqual([1, 2, 3, 4]);
    await until(async () => (await counts()).completed === 4);
  });

  it("is drained while it is paused", async () => {
    const mail = bull.queue("mail");
    await mail.addBulk([1, 2, 3].map((n) => ({ name: "send", data: { n } })));
    await mail.pause();
    expect((await remove({ kind: "drain" })).progress).toMatchObject({ changed: 3 });
    expect(await counts()).toMatchObject({ paused: 0, waiting: 0 });
  });

  it("keeps its repeatable jobs armed, whatever is cleaned or drained", async () => {
    const next = await repeatable();
    await bull.queue("mail").add("later", {}, { delay: 60_000 });
    const shown = await ask(schedulers.listSchedulers, listSchedulers, {});
    expect(shown.body.schedulers).toMatchObject([
      { isLegacy: true, name: "report", pattern: "0 4 * * *", zone: "Europe/Paris" },
    ]);
    await remove({ kind: "clean", state: "delayed" });
    await remove({ kind: "drain", delayed: true });
    expect(await redis.connect().zrange("test:mail:delayed", 0, "-1")).toEqual([next]);
  });
});

for (const [name, load] of Object.entries(SUITES))
  describe(name, async () => {
    await load();
  });
