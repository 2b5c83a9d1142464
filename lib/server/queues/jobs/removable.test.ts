// What must stay although BullMQ's scripts would remove or write it: keys that are no jobs, the next run of a schedule, and
// whatever a flow leads to outside the namespace or in a read-only queue.

import { describe, expect, it } from "vitest";
import * as bulkContract from "../../../contracts/queue-bulk.ts";
import * as flowContract from "../../../contracts/queue-flows.ts";
import * as actContract from "../../../contracts/queue-job-acts.ts";
import * as jobContract from "../../../contracts/queue-jobs.ts";
import { getQueue as getQueueEndpoint } from "../../../contracts/queues.ts";
import { useApi } from "../../../testing/api.ts";
import { asker } from "../../../testing/ask.ts";
import { useBullmq } from "../../../testing/queues.ts";
import { until, useRedis } from "../../../testing/redis.ts";
import { getQueueBulk, planRemoval, runQueueBulk } from "../bulk/bulk.ts";
import { removeUnprocessedChildren } from "../flows/acts.ts";
import { getFlow } from "../flows/flows.ts";
import { getQueue } from "../list/list.ts";
import * as acts from "./acts.ts";
import { duplicateJob } from "./add.ts";
import { getJob } from "./job.ts";
import { addJobLog, clearJobLogs, listJobLogs } from "./logs.ts";
import { removeJob } from "./remove.ts";
import { downloadJob } from "./texts.ts";

const redis = useRedis();
const bull = useBullmq(redis);
const ask = asker(useApi(redis, { READ_ONLY_QUEUES: "frozen" }));
const at = (queue: string, id: string | undefined) => ({ params: { queue, id: id! } });

/** Everything in Redis but what the console keeps for itself. */
async function everything(): Promise<Record<string, string>> {
  const client = redis.connect();
  const names = (await client.keys("*")).filter((name) => !name.startsWith("keydeck:")).sort();
  const dumps = await Promise.all(names.map(async (name) => [name, (await client.dump(name)) ?? ""]));
  return Object.fromEntries(dumps);
}

async function removeMany(queue: string, ids: string[], withChildren: boolean): Promise<bulkContract.QueueBulkState> {
  const body = { act: { kind: "remove" as const, withChildren }, select: { ids } };
  const { id } = (await ask(bulkContract.planRemoval, planRemoval, { params: { queue }, body })).body;
  const look = async () => (await ask(bulkContract.getQueueBulk, getQueueBulk, { params: { id } })).body;
  await until(async () => (await look()).state === "ready");
  await ask(bulkContract.runQueueBulk, runQueueBulk, { params: { id } });
  await until(async () => (await look()).state === "done");
  return look();
}

describe("an id that is another key of the queue", () => {
  it("is no job to any read or act, and stays as it is", async () => {
    await bull.queue("mail").add("later", {}, { delay: 3_600_000 });
    await bull.queue("mail").upsertJobScheduler("nightly", { pattern: "0 2 * * *" }, { name: "report" });
    const before = await everything();
    for (const id of ["meta", "repeat:nightly", "id", "delayed", "repeat", "events", "../mail"])
      for (const answer of [
        await ask(jobContract.getJob, getJob, at("mail", id)),
        await ask(jobContract.listJobLogs, listJobLogs, at("mail", id)),
        await ask(jobContract.downloadJob, downloadJob, { ...at("mail", id), query: { field: "data" } }),
        await ask(flowContract.getFlow, getFlow, at("mail", id)),
        await ask(actContract.updateJobData, acts.updateJobData, { ...at("mail", id), body: { data: "{}" } }),
        await ask(actContract.updateJobProgress, acts.updateJobProgress, {
          ...at("mail", id),
          body: { progress: "1" },
        }),
        await ask(actContract.retryJob, acts.retryJob, at("mail", id)),
        await ask(actContract.addJobLog, addJobLog, { ...at("mail", id), body: { line: "x" } }),
        await ask(actContract.clearJobLogs, clearJobLogs, at("mail", id)),
        await ask(actContract.duplicateJob, duplicateJob, at("mail", id)),
        await ask(actContract.removeJob, removeJob, at("mail", id)),
      ])
        expect([id, answer.status, answer.code]).toEqual([id, 404, "JOB_NOT_FOUND"]);
    expect(await everything()).toEqual(before);
  });

  it("nor is what another subsystem keeps a queue", async () => {
    const client = redis.connect();
    await client.set("test:user_cache:meta", "a cached value");
    await client.set("test:user_cache:wait", "another");
    await client.hset("test:odd:meta", "version", "bullmq:6.7.0");
    await client.set("test:odd:wait", "no list");
    const answers = await Promise.all(
      ["user_cache", "odd"].map((queue) => ask(getQueueEndpoint, getQueue, { params: { queue } })),
    );
    expect(answers.map(({ code }) => code)).toEqual(["QUEUE_NOT_FOUND", "CONFLICT"]);
  });
});

it("keeps the next run of a repeatable job that BullMQ 5 left", async () => {
  const client = redis.connect();
  await bull.queue("mail").add("other", {});
  await client.zadd("test:mail:repeat", 1_900_000_000_000, "0f1e2d");
  const next = "repeat:abc:1900000000000";
  await client.hset(`test:mail:${next}`, { name: "report", data: "{}", opts: "{}", timestamp: 1, rjk: "0f1e2d" });
  await client.zadd("test:mail:delayed", 1_900_000_000_000 * 4_096, next);
  const before = await everything();
  const refused = await ask(actContract.removeJob, removeJob, at("mail", next));
  expect(refused).toMatchObject({ status: 409, message: expect.stringContaining("scheduler") });
  expect((await removeMany("mail", [next], false)).skipped).toMatchObject([{ id: next }]);
  expect(await everything()).toEqual(before);
});

describe("a flow that leads elsewhere", () => {
  /** orders → parts → a grandchild, there. */
  async function order(grandchild: { queueName: string; prefix?: string }): Promise<string> {
    const children = [{ name: "part", queueName: "parts", children: [{ name: "screw", ...grandchild }] }];
    return (await bull.flows().add({ name: "order", queueName: "orders", children })).job.id!;
  }

  it("is not followed to another prefix, nor into a read-only queue, by way of grandchildren", async () => {
    for (const grandchild of [{ queueName: "screws", prefix: "other" }, { queueName: "frozen" }]) {
      const id = await order(grandchild);
      const before = await everything();
      for (const answer of [
        await ask(actContract.removeJob, removeJob, { ...at("orders", id), body: { withChildren: true } }),
        await ask(flowContract.removeUnprocessedChildren, removeUnprocessedChildren, at("orders", id)),
      ])
        expect([409, 405]).toContain(answer.status);
      expect((await removeMany("orders", [id], true)).progress).toMatchObject({ changed: 0, skipped: 1 });
      expect(await everything()).toEqual(before);
    }
  });

  it("nor up to a parent there, which would be set going", async () => {
    for (const parent of [
      { name: "order", queueName: "orders", prefix: "other" },
      { name: "order", queueName: "frozen" },
    ]) {
      const children = [{ name: "part", queueName: "parts", prefix: "test" }];
      const { children: made = [] } = await bull.flows().add({ ...parent, children });
      const id = made[0]!.job.id!;
      const before = await everything();
      const refused = await ask(actContract.removeJob, removeJob, at("parts", id));
      expect([409, 405]).toContain(refused.status);
      expect((await removeMany("parts", [id], false)).progress).toMatchObject({ changed: 0, skipped: 1 });
      expect(await everything()).toEqual(before);
    }
  });
});
