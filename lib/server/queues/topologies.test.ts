// The same queues on Redis Cluster and in unset mode, and for a Redis user who may not do everything.

import { FlowProducer, Queue, Worker } from "bullmq";
import { Cluster, type Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Endpoint } from "../../contracts/endpoint.ts";
import type { LiveEvent } from "../../contracts/live.ts";
import { type TestContext, testContext } from "../../testing/context.ts";
import { startCluster, startRedis, until } from "../../testing/redis.ts";
import type { Service } from "../context.ts";
import { getQueueBulk, planRemoval, runQueueBulk } from "./bulk/bulk.ts";
import { getFlow } from "./flows/flows.ts";
import { addJob } from "./jobs/add.ts";
import { getJob } from "./jobs/job.ts";
import { getQueue, listQueues } from "./list/list.ts";

// The audit writes a line per act.
beforeEach(() => void vi.spyOn(process.stdout, "write").mockReturnValue(true));
afterEach(() => void vi.restoreAllMocks());

/** A service's answer, without HTTP. */
async function serve<E extends Endpoint>(
  { context }: Pick<TestContext, "context">,
  service: Service<E>,
  input: object,
) {
  const nothing = { params: undefined, query: {}, body: undefined };
  return (await service(context, { ...nothing, ...input } as Parameters<
    Service<E>
  >[1])) as never as E["reply"]["_zod"]["output"];
}

describe("on Redis Cluster", () => {
  let cluster: Awaited<ReturnType<typeof startCluster>>;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.stop());

  it("finds, reads, changes, follows and cleans queues of a namespace with a hash tag", async () => {
    const nodes = cluster.nodes.map(({ port }) => ({ host: "127.0.0.1", port }));
    const connect = () => new Cluster(nodes, { redisOptions: { maxRetriesPerRequest: null } });
    const prefix = "{prod}";
    const clients = [connect(), connect()];
    const queue = new Queue("mail", { connection: clients[0]!, prefix });
    queue.on("error", () => {});
    const test = testContext({ redis: cluster.uri, nodeName: prefix, role: "admin" });
    const events: LiveEvent[] = [];
    test.runtime.live.subscribe((event) => events.push(event));
    // A young cluster may cut the first connection off; the second comes by itself.
    await test.runtime.connections.ready(20_000);
    await queue.addBulk(Array.from({ length: 5 }, (_, n) => ({ name: "send", data: { n } })));
    await until(async () => (await serve(test, listQueues, {})).queues.length === 1);
    const added = await serve(test, addJob, {
      params: { queue: "mail" },
      body: { name: "mine", data: "{}", options: "{}" },
    });
    const params = { queue: "mail", id: added.id };
    expect(await serve(test, getJob, { params })).toMatchObject({ name: "mine", state: "waiting" });

    const flows = new FlowProducer({ connection: clients[0]!, prefix });
    const { job } = await flows.add({ name: "p", queueName: "mail", children: [{ name: "c", queueName: "parts" }] });
    const flow = await serve(test, getFlow, { params: { queue: "mail", id: job.id }, query: { limit: 5 } });
    expect(flow.children).toMatchObject([{ queue: "parts", name: "c" }]);

    const worker = new Worker("mail", async () => {}, { connection: clients[1]!, prefix });
    worker.on("error", () => {});
    await until(async () => (await serve(test, getQueue, { params: { queue: "mail" } })).counts.completed === 6);
    await until(() => events.some((event) => event.kind === "queues" && (event.all || event.names.includes("mail"))));
    await until(
      async () => (await serve(test, listQueues, {})).queues.find(({ name }) => name === "mail")?.workers === 1,
      20_000,
    );

    const act = { kind: "clean", state: "completed", olderThanMs: 0, limit: 0 };
    const { id } = await serve(test, planRemoval, { params: { queue: "mail" }, body: { act } });
    await until(async () => (await serve(test, getQueueBulk, { params: { id } })).state === "ready");
    await serve(test, runQueueBulk, { params: { id }, body: {} });
    await until(async () => (await serve(test, getQueueBulk, { params: { id } })).state === "done");
    expect(await queue.getCompletedCount()).toBe(0);

    await Promise.all([worker.close(), queue.close(), flows.close(), test.close()]);
    for (const client of clients) client.disconnect();
  }, 60_000);
});

describe("on one Redis", () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let admin: Redis;
  beforeAll(async () => {
    redis = await startRedis();
    admin = redis.connect();
  });
  afterAll(() => redis.stop());

  const connection = () => ({ host: "127.0.0.1", port: redis.port });

  it("reads `bull` when NODE_NAME is unset", async () => {
    const test = testContext({ redis: redis.uri, nodeName: undefined, role: "admin" });
    const queue = new Queue("legacy", { connection: connection() });
    await queue.add("n", {});
    await until(async () => (await serve(test, listQueues, {})).queues.length === 1);
    expect(await serve(test, listQueues, {})).toMatchObject({ prefix: "bull", queues: [{ name: "legacy" }] });
    await Promise.all([queue.close(), test.close()]);
  });

  it("shows queues to a user who may not see clients, and says so", async () => {
    const rights = ["on", ">secret", "~*", "&*", "+@all", "-client|list"];
    await admin.call("ACL", "SETUSER", "limited", ...rights);
    const uri = redis.uri.replace("redis://", "redis://limited:secret@");
    const test = testContext({ redis: uri, nodeName: "prod", role: "admin" });
    const queue = new Queue("mail", { connection: connection(), prefix: "prod" });
    await queue.add("n", {});
    await until(async () => (await serve(test, listQueues, {})).queues.length === 1);
    const { queues, workersBecause } = await serve(test, listQueues, {});
    expect(queues[0]).toMatchObject({ workers: null, counts: { waiting: 1 } });
    expect(workersBecause).toContain("CLIENT LIST");
    await Promise.all([queue.close(), test.close()]);
  });

  it("answers that Redis is away, and everything again once it is back", async () => {
    const test = testContext({ redis: redis.uri, nodeName: "prod", role: "admin" });
    await until(async () => (await serve(test, listQueues, {})).queues.length === 1);
    await redis.stop("SIGKILL");
    const params = { queue: "mail" };
    await until(
      async () => (await serve(test, getQueue, { params }).catch((error) => error.code)) === "STORE_UNAVAILABLE",
    );
    await redis.start();
    const queue = new Queue("mail", { connection: connection(), prefix: "prod" });
    await queue.add("n", {});
    await until(async () => (await serve(test, getQueue, { params }).catch(() => null))?.counts.waiting === 1);
    await Promise.all([queue.close(), test.close()]);
  }, 30_000);
});
