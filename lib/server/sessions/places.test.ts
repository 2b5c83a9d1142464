// Sessions wherever the namespace may live: on Redis Cluster, and without a NODE_NAME.

import { expect, it } from "vitest";
import { createCluster } from "../../core/cluster.ts";
import { testContext } from "../../testing/context.ts";
import { startCluster, until, useRedis } from "../../testing/redis.ts";
import type { Context } from "../context.ts";
import { revocation, revoke } from "./revoke.ts";
import { get, list } from "./sessions.ts";

const redis = useRedis();

async function endsWithProof(uri: string, nodeName: string | undefined): Promise<void> {
  const console = testContext({ redis: uri, nodeName });
  const cluster = createCluster({ redis: uri, ...(nodeName === undefined ? {} : { nodeName }) });
  try {
    await Promise.all([console.runtime.connections.ready(10_000), cluster.connections.ready(10_000)]);
    const { id } = await cluster.sessions.create({ user: "ann", data: { a: 1 } });
    await until(async () => {
      await cluster.sessions.get(id);
      return cluster.sessions.stats().hits > 0;
    });
    const foreign = cluster.keyspace.session("foreign");
    await cluster.connections.call("SET", foreign, "{}");
    await expectListed(console.context, "index", ["ann"]);
    await expectListed(console.context, "outside", [null]);
    const done = await revoke(console.context, { ...NO_INPUT, body: { target: { user: "ann" } } });
    if (done instanceof Response) throw new Error("a revocation is no download");
    await until(async () => {
      const proof = await revocation(console.context, { ...NO_INPUT, query: { entry: done.entry } });
      return !(proof instanceof Response) && proof.verdict === "proven" && proof.instances.length === 1;
    });
    expect(await cluster.sessions.get(id)).toBeNull();
  } finally {
    await Promise.all([console.close(), cluster.close()]);
  }
}

const NO_INPUT = { params: undefined, query: undefined, body: undefined };

async function expectListed(context: Context, scope: "index" | "outside", users: (string | null)[]): Promise<void> {
  const page = await list(context, { ...NO_INPUT, query: { scope, limit: 10 } });
  if (page instanceof Response) throw new Error("a list is no download");
  expect(page.sessions.map(({ user }) => user)).toEqual(users);
  for (const { ref } of page.sessions)
    expect(await get(context, { ...NO_INPUT, params: { ref } })).toMatchObject({ because: null });
}

it("are listed and ended with proof without NODE_NAME", () => endsWithProof(redis.uri, undefined));

it("are listed and ended with proof on Redis Cluster", async () => {
  const cluster = await startCluster();
  try {
    await endsWithProof(cluster.uri, "{prod}");
  } finally {
    await cluster.stop();
  }
}, 60_000);
