import type { FlowJob } from "bullmq";
import { describe, expect, it } from "vitest";
import * as contract from "../../../contracts/queue-flows.ts";
import { useApi } from "../../../testing/api.ts";
import { asker } from "../../../testing/ask.ts";
import { useBullmq } from "../../../testing/queues.ts";
import { until, useRedis } from "../../../testing/redis.ts";
import { removeChildDependency } from "./acts.ts";
import { listFlows } from "./list.ts";

const redis = useRedis();
const bull = useBullmq(redis);
const ask = asker(useApi(redis, { READ_ONLY_QUEUES: "frozen" }));

const list = (query = {}) => ask(contract.listFlows, listFlows, { as: "viewer", query });
const add = async (flow: FlowJob) => (await bull.flows().add(flow)).job.id!;
/** An order whose parcel waits for a label: three levels over three queues. */
const order = (label: Partial<FlowJob> = {}): FlowJob => ({
  ...{ name: "order", queueName: "orders" },
  children: [{ name: "parcel", queueName: "parcels", children: [{ name: "label", queueName: "labels", ...label }] }],
});

describe("the list of flows", () => {
  it("tells each by its root, and not by the parents within it", async () => {
    const ids = [await add(order()), await add(order())];
    const { body } = await list();
    expect(body.flows.map(({ root }) => [root.queue, root.id])).toEqual(ids.map((id) => ["orders", id]));
    expect(body.flows[0]).toMatchObject({
      root: { name: "order", state: "waiting-children", counts: { unprocessed: 1 }, readOnly: false },
      blockedBy: null,
    });
    expect(body).toMatchObject({ examined: 4, total: 4, complete: true, cursor: null });
  });

  it("says which job below keeps a flow from ever going on, however deep, and no more once that is seen to", async () => {
    const id = await add(order({ data: { broken: true }, opts: { jobId: "label-1" } }));
    bull.worker("labels", async () => {
      throw new Error("printer on fire");
    });
    await until(async () => (await bull.queue("labels").getFailedCount()) === 1);
    const { body } = await list();
    expect(body.flows).toMatchObject([
      { root: { id }, blockedBy: { queue: "labels", id: "label-1", state: "failed", failedReason: "printer on fire" } },
    ]);
    const cut = { as: "operator" as const, params: { queue: "labels", id: "label-1" } };
    expect((await ask(contract.removeChildDependency, removeChildDependency, cut)).status).toBe(200);
    await until(async () => (await list()).body.flows[0]?.blockedBy === null);
    expect(await bull.queue("parcels").getWaitingCount()).toBe(1);
  });

  it("counts a child that is gone as one that is waited for in vain", async () => {
    await add(order({ opts: { jobId: "lost" } }));
    await redis.connect().del("test:labels:lost");
    expect((await list()).body.flows[0]?.blockedBy).toMatchObject({ queue: "labels", id: "lost", name: null });
  });

  it("lists a parent whose own parent is gone, as no other does", async () => {
    await add({ ...order(), opts: { jobId: "root" } });
    await redis.connect().del("test:orders:root");
    await until(async () => (await list()).body.flows.some(({ root }) => root.name === "parcel"));
  });

  it("walks in pages, each flow once, and goes on where it stopped when a queue was emptied meanwhile", async () => {
    for (const queueName of ["a", "b", "c"])
      await bull.flows().addBulk(
        Array.from({ length: 3 }, (_, no) => ({
          ...{ name: `${queueName}${no}`, queueName },
          children: [{ name: "part", queueName: "parts" }],
        })),
      );
    await until(async () => (await list()).body.total === 9);
    const first = (await list({ limit: 2 })).body;
    expect(first).toMatchObject({ complete: false, examined: 2, cursor: "2:2:a" });
    await redis.connect().del("test:b:waiting-children");
    const names: string[] = first.flows.map(({ root }) => root.name!);
    for (let cursor = first.cursor; cursor !== null; ) {
      const { body } = await list({ limit: 2, cursor });
      names.push(...body.flows.map(({ root }) => root.name!));
      cursor = body.cursor;
    }
    expect(names.sort()).toEqual(["a0", "a1", "a2", "c0", "c1", "c2"]);
    expect((await list({ queue: "c" })).body.flows).toHaveLength(3);
  });

  it("refuses what is no cursor and no queue", async () => {
    expect(await list({ cursor: "nonsense" })).toMatchObject({ status: 422, code: "INVALID_INPUT" });
    expect(await list({ queue: "nowhere" })).toMatchObject({ status: 404, code: "QUEUE_NOT_FOUND" });
  });
});
