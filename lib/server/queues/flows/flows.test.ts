import { describe, expect, it } from "vitest";
import * as contract from "../../../contracts/queue-flows.ts";
import * as jobActs from "../../../contracts/queue-job-acts.ts";
import * as jobs from "../../../contracts/queue-jobs.ts";
import { useApi } from "../../../testing/api.ts";
import { asker } from "../../../testing/ask.ts";
import { useBullmq } from "../../../testing/queues.ts";
import { until, useRedis } from "../../../testing/redis.ts";
import { getJob } from "../jobs/job.ts";
import { removeJob } from "../jobs/remove.ts";
import { removeChildDependency, removeUnprocessedChildren } from "./acts.ts";
import { getFlow } from "./flows.ts";

const redis = useRedis();
const bull = useBullmq(redis);
const ask = asker(useApi(redis, { READ_ONLY_QUEUES: "frozen" }));

const at = (queue: string, id: string) => ({ as: "operator" as const, params: { queue, id } });
const flow = async (queue: string, id: string, query = {}) =>
  (await ask(contract.getFlow, getFlow, { as: "viewer", params: { queue, id }, query })).body;

async function order(
  children: { name: string; queueName: string; opts?: object; children?: [] }[] = [],
): Promise<string> {
  const { job } = await bull.flows().add({
    ...{ name: "order", queueName: "orders" },
    children:
      children.length > 0
        ? children
        : [
            { name: "pay", queueName: "payments" },
            { name: "pack", queueName: "parcels", children: [{ name: "label", queueName: "labels" }] },
          ],
  });
  return job.id!;
}

describe("a flow", () => {
  it("is read node by node over all queues, up and down", async () => {
    const id = await order();
    const root = await flow("orders", id);
    expect(root.node).toMatchObject({ queue: "orders", name: "order", state: "waiting-children", children: 2 });
    expect(root.counts).toEqual({ unprocessed: 2, processed: 0, failed: 0, ignored: 0 });
    const pack = root.children.find(({ name }) => name === "pack")!;
    expect(pack).toMatchObject({ queue: "parcels", kind: "unprocessed", children: 1, state: "waiting-children" });
    const below = await flow("parcels", pack.id!);
    expect(below.ancestors.map(({ name }) => name)).toEqual(["order"]);
    expect(below.children.map(({ name }) => name)).toEqual(["label"]);
    const label = await flow("labels", below.children[0]!.id!);
    expect(label.ancestors.map(({ name }) => name)).toEqual(["order", "pack"]);
    const { parent, children } = (await ask(jobs.getJob, getJob, at("parcels", pack.id!))).body;
    expect(parent).toEqual({ queue: "orders", id, isForeign: false });
    expect(children.unprocessed).toBe(1);
  });

  it("pages the children of a parent that has many", async () => {
    const id = await order(Array.from({ length: 25 }, (_, n) => ({ name: `c${n}`, queueName: "parts" })));
    const seen = new Set<string>();
    let cursor: string | null = null;
    do {
      const page = await flow("orders", id, { limit: 10, ...(cursor ? { cursor } : {}) });
      for (const { id: child } of page.children) seen.add(child!);
      cursor = page.cursor;
    } while (cursor !== null);
    expect(seen.size).toBe(25);
  });

  it("tells what failed, and which failures the parent ignores", async () => {
    const id = await order([
      { name: "good", queueName: "parts" },
      { name: "bad", queueName: "parts", opts: { failParentOnFailure: false, ignoreDependencyOnFailure: true } },
      { name: "slow", queueName: "other" },
    ]);
    bull.worker("parts", async ({ name }) => {
      if (name === "bad") throw new Error("broken");
    });
    await until(async () => (await flow("orders", id)).counts.ignored === 1);
    await until(async () => (await flow("orders", id)).counts.processed === 1);
    const { children } = await flow("orders", id);
    expect(children.find(({ kind }) => kind === "ignored")).toMatchObject({
      name: "bad",
      failedReason: "broken",
      state: "failed",
    });
    expect((await flow("orders", id, { kind: "unprocessed" })).children.map(({ name }) => name)).toEqual(["slow"]);
  });

  it("says of a job under another prefix only that it is there", async () => {
    const id = await order([{ name: "part", queueName: "parts" }]);
    await redis.connect().sadd(`test:orders:${id}:dependencies`, "other:secret:1");
    const { children } = await flow("orders", id);
    expect(children.find(({ isForeign }) => isForeign)).toMatchObject({ queue: null, id: null, name: null });
    const refused = await ask(contract.removeUnprocessedChildren, removeUnprocessedChildren, at("orders", id));
    expect(refused).toMatchObject({ status: 409, code: "CONFLICT" });
    expect(JSON.stringify(refused)).not.toContain("secret");
  });
});

describe("a blocked parent", () => {
  it("runs once its unprocessed children are removed", async () => {
    const id = await order();
    const { body } = await ask(contract.removeUnprocessedChildren, removeUnprocessedChildren, at("orders", id));
    expect(body).toMatchObject({ removed: 2, left: 0, state: "waiting" });
    expect(await bull.queue("payments").getWaitingCount()).toBe(0);
  });

  it("runs once its last child is cut loose; the child stays", async () => {
    const id = await order([{ name: "part", queueName: "parts" }]);
    const [child] = (await flow("orders", id)).children;
    const cut = () => ask(contract.removeChildDependency, removeChildDependency, at("parts", child!.id!));
    expect((await cut()).body.state).toBe("waiting");
    expect((await flow("orders", id)).node.state).toBe("waiting");
    expect(await cut()).toMatchObject({ status: 409, code: "JOB_STATE_CHANGED" });
  });

  it("can be removed with its children, and says that it cannot come back", async () => {
    const id = await order();
    const { body } = await ask(jobActs.removeJob, removeJob, { ...at("orders", id), body: { withChildren: true } });
    expect(body).toMatchObject({ undoId: null, undoBecause: expect.stringContaining("children") });
    expect(await bull.queue("labels").getWaitingCount()).toBe(0);
  });

  it("keeps children of a read-only queue", async () => {
    const id = await order([{ name: "part", queueName: "frozen" }]);
    for (const answer of [
      await ask(contract.removeUnprocessedChildren, removeUnprocessedChildren, at("orders", id)),
      await ask(jobActs.removeJob, removeJob, { ...at("orders", id), body: { withChildren: true } }),
    ])
      expect(answer).toMatchObject({ status: 405, code: "READ_ONLY_QUEUE" });
    expect(await bull.queue("frozen").getWaitingCount()).toBe(1);
  });
});
