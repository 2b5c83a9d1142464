// A console beside real instances that hold caches, asked as the routes ask.
//
//   const world = useReloads(redis);            // a new console for each test
//   await world.join("api-1", { metadata: loads });
//   const { id } = await world.start({ caches: ["metadata"] });

import type { Redis } from "ioredis";
import { afterEach, beforeEach } from "vitest";
import type * as z from "zod";
import * as contracts from "../contracts/reloads.ts";
import { type ClusterInstance, createCluster, type Loader, type ReloadStatus } from "../core/index.ts";
import type { Context } from "../server/context.ts";
import { listReloads } from "../server/reloads/list.ts";
import { getReload } from "../server/reloads/matrix.ts";
import { previewReload } from "../server/reloads/plan.ts";
import { resendReload, startReload } from "../server/reloads/start.ts";
import { traceReloads } from "../server/reloads/trace.ts";
import { type TestContext, testContext } from "./context.ts";
import { type TestRedis, until } from "./redis.ts";

export const loads: Loader = async () => "loaded";
export const fails: Loader = async () => {
  throw new Error("table orders is missing");
};
export const never: Loader = () => new Promise(() => {});

export function useReloads(redis: TestRedis) {
  let console_: TestContext;
  const instances: ClusterInstance[] = [];
  const strangers: Redis[] = [];

  beforeEach(async () => {
    console_ = testContext({ redis: redis.uri });
    await console_.runtime.connections.ready();
    await until(() => console_.runtime.reloads.watch.listening.since !== null);
  });
  afterEach(async () => {
    await Promise.all(instances.splice(0).map((instance) => instance.close()));
    for (const stranger of strangers.splice(0)) stranger.disconnect();
    await console_.close();
  });

  /** As the route does: the reply passes the endpoint's own schema. */
  async function ask<R extends z.ZodType>(
    { reply }: { readonly reply: R },
    service: unknown,
    input: object,
    context: Context = console_.context,
  ): Promise<z.output<R>> {
    return reply.parse(await (service as (context: Context, input: object) => Promise<unknown>)(context, input));
  }

  const matrix = (id: string, context?: Context) => ask(contracts.getReload, getReload, { params: { id } }, context);

  /** By instance and cache: `api-1 metadata`. */
  async function cellsOf(id: string): Promise<Record<string, contracts.ReloadCell>> {
    const { instances: people, cells } = await matrix(id);
    const nameOf = (id: string) => people.find((one) => one.id === id)?.name;
    return Object.fromEntries(cells.map((cell) => [`${nameOf(cell.instance)} ${cell.cache}`, cell]));
  }

  return {
    get console() {
      return console_;
    },
    get runtime() {
      return console_.runtime;
    },
    /** An instance that holds these caches, once the cluster knows of it. */
    async join(name: string, caches: Record<string, Loader>, uri = redis.uri): Promise<ClusterInstance> {
      const instance = createCluster({ redis: uri, nodeName: "test", application: { name } });
      instances.push(instance);
      for (const [cache, load] of Object.entries(caches)) instance.reload.register(cache, load);
      await instance.reload.ready();
      instance.members.beatSoon();
      await until(async () => {
        const { members } = await console_.runtime.members.members();
        const found = members.find(({ id }) => id === instance.instanceId);
        const section = found?.manifest?.sections.reload as ReloadStatus | undefined;
        return section?.subscriber === "ready" && section.caches.length === Object.keys(caches).length;
      });
      return instance;
    },
    /** A program that embeds nothing of ours. */
    stranger(): Redis {
      const client = redis.connect();
      strangers.push(client);
      return client;
    },
    listed: () => ask(contracts.listReloads, listReloads, {}),
    preview: (body: object, context?: Context) =>
      ask(contracts.previewReload, previewReload, { body: { staggerMs: 0, ...body } }, context),
    start: (body: object, context?: Context) =>
      ask(contracts.startReload, startReload, { body: { staggerMs: 0, deadlineMs: 30_000, ...body } }, context),
    matrix,
    cellsOf,
    stateOf: async (id: string, cell: string) => (await cellsOf(id))[cell]?.state,
    resend: (id: string) => ask(contracts.resendReload, resendReload, { params: { id }, body: {} }),
    trace: (query: object = {}, context?: Context) =>
      ask(contracts.traceReloads, traceReloads, { query: { limit: 200, ...query } }, context),
  };
}
