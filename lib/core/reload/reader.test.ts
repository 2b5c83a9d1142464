// What a console sees of reloading: the log, the answers, who listens, and what is said while it listens.

import { afterEach, describe, expect, it } from "vitest";
import { startCluster, until, useRedis } from "../../testing/redis.ts";
import { reloadInstances } from "../../testing/reload-cluster.ts";
import { InvalidInput } from "../errors.ts";
import { createKeyspace } from "../keyspace.ts";
import { createMemberReader } from "../member/reader.ts";
import { type Connections, createConnections } from "../redis/connections.ts";
import { createReloadPublisher } from "./publisher.ts";
import { createReloadReader } from "./reader.ts";
import type { TailEvent } from "./types.ts";

const METADATA = "enfyra:metadata-cache-sync";
const CONSOLE = "c".repeat(32);

describe("a reload reader", () => {
  const redis = useRedis();
  const instances = reloadInstances(() => redis.uri);
  const { joinAll } = instances;
  const opened: Connections[] = [];
  afterEach(async () => {
    await instances.closeAll();
    await Promise.all(opened.splice(0).map((connections) => connections.close()));
  });

  function open(uri = redis.uri, nodeName = "prod") {
    const keyspace = createKeyspace(nodeName);
    const connections = createConnections({ uri, nodeName });
    opened.push(connections);
    const members = createMemberReader({ connections, keyspace });
    return {
      connections,
      reader: createReloadReader({ connections, keyspace }),
      publisher: createReloadPublisher({
        ...{ connections, keyspace, instanceId: CONSOLE },
        members: async () => (await members.members()).members,
      }),
    };
  }

  it("publishes without being an instance, and reads who obeyed", async () => {
    const [a, b] = await joinAll(2, { caches: ["metadata", "prices"] });
    const { reader, publisher } = open();
    const { id, acked, generations } = await publisher.publish(["metadata", "prices"], {
      ...{ waitFor: "all", reason: "why", by: "ada" },
    });
    expect(acked).toHaveLength(4);
    expect(await reader.entry(id)).toMatchObject({
      ...{ id, caches: ["metadata", "prices"], generation: generations.metadata, publisher: CONSOLE },
      ...{ foreign: false, reason: "why", by: "ada", all: false, table: null, only: null },
      channels: [
        { channel: `${METADATA}:prod`, receivers: 2 },
        { channel: "enfyra:cache-orchestrator-sync:prod", receivers: 2 },
        { channel: "enfyra:cache-orchestrator-sync:prod", receivers: 2 },
      ],
    });
    const { caches, at } = await reader.answers(["metadata", "guard"]);
    expect(caches.metadata?.map(({ instanceId }) => instanceId).sort()).toEqual([a!.instanceId, b!.instanceId].sort());
    expect(caches.metadata?.every(({ state, generation }) => state === "applied" && generation > 0)).toBe(true);
    expect(caches.guard).toEqual([]);
    expect(Math.abs(at - Date.now())).toBeLessThan(60_000);
  });

  it("knows the documented caches, those of the log and those of the members", async () => {
    await joinAll(1, { caches: ["prices"] });
    const { reader, publisher } = open();
    await publisher.publish("prices");
    const { caches, at } = await reader.caches(["stock"]);
    const named = new Map(caches.map((cache) => [cache.cache, cache]));
    expect(named.get("route")).toMatchObject({
      documented: true,
      channels: ["enfyra:route-cache-sync:prod", "enfyra:cache-orchestrator-sync:prod"],
      publishedAt: null,
    });
    expect(named.get("route")?.tables).toEqual(expect.arrayContaining(["enfyra_route", "route_definition"]));
    expect(named.get("bootstrap")?.warning).toContain("queue");
    expect(named.get("websocket")?.warning).toContain("Socket.IO");
    expect(named.get("prices")).toMatchObject({ documented: false, warning: null });
    expect(at - (named.get("prices")?.publishedAt ?? 0)).toBeLessThan(5_000);
    expect(named.has("stock")).toBe(true);
  });

  it("reads the log page by page, newest first", async () => {
    await joinAll(1);
    const { reader, publisher } = open();
    for (let n = 1; n <= 5; n++) await publisher.publish("metadata", { reason: String(n) });
    const first = await reader.log({ count: 2 });
    const second = await reader.log({ count: 2, before: first.next! });
    const third = await reader.log({ count: 2, before: second.next! });
    const reasons = [first, second, third].flatMap(({ entries }) => entries.map(({ reason }) => reason));
    expect(reasons).toEqual(["5", "4", "3", "2", "1"]);
    expect(await reader.entry("1-1")).toBeUndefined();
    await expect(reader.entry("+")).rejects.toThrow(InvalidInput);
    await expect(reader.log({ before: "x" })).rejects.toThrow(InvalidInput);
    await expect(reader.log({ count: 0 })).rejects.toThrow(InvalidInput);
  });

  it("hears every signal with its publisher and receivers, and every answer", async () => {
    const [a] = await joinAll(2);
    const { reader } = open();
    const heard: TailEvent[] = [];
    const stop = await reader.tail((event) => heard.push(event));
    await a!.reload.publish("metadata", { waitFor: "all" });
    const peer = redis.connect();
    await peer.publish(`${METADATA}:prod`, '{"instanceId":"x","type":"RELOAD_SIGNAL","timestamp":7}');
    await peer.publish(`${METADATA}:prod`, "nonsense");
    await until(() => heard.filter(({ type }) => type === "answer").length >= 4 && heard.length >= 8);
    const signals = heard.filter((event) => event.type === "signal");
    expect(signals).toMatchObject([
      { channel: `${METADATA}:prod`, publisher: a!.instanceId, caches: ["metadata"], receivers: 2 },
      { channel: "enfyra:cache-orchestrator-sync:prod", publisher: a!.instanceId, receivers: 2 },
      { channel: `${METADATA}:prod`, publisher: "x", timestamp: 7, generation: null, receivers: 2 },
    ]);
    expect(signals[0]).toMatchObject({ generation: expect.any(Number) });
    expect(heard.filter(({ type }) => type === "malformed")).toMatchObject([{ problem: "not JSON" }]);
    await stop();
    await stop();
    await peer.publish(`${METADATA}:prod`, "nonsense");
    const count = heard.length;
    expect((await reader.subscribers())[`${METADATA}:prod`]).toBe(2);
    expect(heard).toHaveLength(count);
  });

  it("finds subscribers of the same channels under another name, and names nothing else", async () => {
    await joinAll(2);
    const stranger = redis.connect();
    await stranger.subscribe(
      `${METADATA}:prdo`,
      METADATA,
      "enfyra:something-else-sync:prdo",
      "enfyra:setting-cache-sync-x",
    );
    expect((await open().reader.mismatches()).toSorted((a, b) => a.channel.localeCompare(b.channel))).toEqual([
      { base: METADATA, channel: METADATA, suffix: null, receivers: 1 },
      { base: METADATA, channel: `${METADATA}:prdo`, suffix: "prdo", receivers: 1 },
    ]);
  });

  it("counts subscribers over all nodes of a Redis Cluster", async () => {
    const cluster = await startCluster();
    try {
      const { reader, connections } = open(cluster.uri, "{prod}");
      await connections.ready(10_000);
      const listeners = cluster.nodes.map((node) => node.connect());
      await Promise.all(listeners.map((listener) => listener.subscribe(`${METADATA}:{prod}`, `${METADATA}:{prdo}`)));
      expect((await reader.subscribers())[`${METADATA}:{prod}`]).toBe(3);
      expect(await reader.mismatches()).toMatchObject([{ suffix: "{prdo}", receivers: 3 }]);
    } finally {
      await cluster.stop();
    }
  });
});
