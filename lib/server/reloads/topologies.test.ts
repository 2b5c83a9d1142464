// The same act on every Redis there is: on a Cluster, behind Sentinel, and in a namespace without a name.

import { expect, it } from "vitest";
import type { Reload, Trace } from "../../contracts/reloads.ts";
import { createCluster } from "../../core/index.ts";
import { testContext } from "../../testing/context.ts";
import { startCluster, startRedis, startSentinel, until } from "../../testing/redis.ts";
import { getReload } from "./matrix.ts";
import { startReload } from "./start.ts";
import { traceReloads } from "./trace.ts";

const REDISES = {
  Cluster: { nodeName: "{prod}", start: startCluster },
  Sentinel: { nodeName: "prod", start: startSentinel },
  "without NODE_NAME": { nodeName: undefined, start: startRedis },
};

it.each(Object.entries(REDISES))("reloads, answers and traces: %s", async (_, { nodeName, start }) => {
  const redis = await start();
  const { runtime, context, close } = testContext({ redis: redis.uri, nodeName });
  const instance = createCluster({ redis: redis.uri, nodeName });
  instance.reload.register("guard", async () => "loaded");
  await Promise.all([instance.reload.ready(), runtime.connections.ready(10_000)]);
  await until(() => runtime.reloads.watch.listening.since !== null);
  instance.members.beatSoon();
  await until(async () => (await runtime.members.members()).members.length === 1);

  const body = { caches: ["guard"], staggerMs: 0, deadlineMs: 30_000 };
  const { id } = (await startReload(context, { params: undefined, query: undefined, body })) as { id: string };
  const matrix = async () =>
    (await getReload(context, { params: { id }, query: undefined, body: undefined })) as Reload;
  await until(async () => (await matrix()).cells[0]?.state === "applied");
  const query = { limit: 10 };
  const { signals } = (await traceReloads(context, { params: undefined, query, body: undefined })) as Trace;
  const suffix = nodeName === undefined ? "" : `:${nodeName}`;
  expect(signals[0]?.channels).toContainEqual({ channel: `enfyra:guard-cache-sync${suffix}`, receivers: 1 });
  await instance.close();
  await close();
  await redis.stop();
});
