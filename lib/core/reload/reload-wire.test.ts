// Beside programs of both other kinds: they understand what we send, we understand what they send, and nonsense hurts
// nobody.

import { afterEach, describe, expect, it } from "vitest";
import { until, useRedis } from "../../testing/redis.ts";
import { reloadInstances, untilServed } from "../../testing/reload-cluster.ts";
import { type CurrentSignal, createCurrentPeer } from "../../testing/wire-peer-current.ts";
import { createDocumentedPeer, type DocumentedSignal } from "../../testing/wire-peer-documented.ts";
import type { MalformedSignal } from "./types.ts";

const METADATA = "enfyra:metadata-cache-sync";
const CURRENT = "enfyra:cache-orchestrator-sync";

describe("the wire", () => {
  const redis = useRedis();
  const instances = reloadInstances(() => redis.uri);
  const { database, joinAll, join } = instances;
  const stops: (() => void)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) stop();
    await instances.closeAll();
  });

  async function documentedPeer() {
    const heard: DocumentedSignal[] = [];
    const misunderstood: string[] = [];
    const peer = createDocumentedPeer({
      ...{ redis: redis.connect(), subscriber: redis.connect(), nodeName: "prod" },
      onSignal: (signal) => heard.push(signal),
      onMisunderstood: (_, message) => misunderstood.push(message),
    });
    await peer.start();
    return { peer, heard, misunderstood };
  }

  async function currentPeer() {
    const heard: CurrentSignal[] = [];
    const misunderstood: string[] = [];
    const peer = createCurrentPeer({
      ...{ redis: redis.connect(), subscriber: redis.connect(), nodeName: "prod" },
      onSignal: (signal) => heard.push(signal),
      onMisunderstood: (message) => misunderstood.push(message),
    });
    await peer.start();
    stops.push(() => peer.stop());
    return { peer, heard, misunderstood };
  }

  /** Every message on every channel, as a plain client sees it. */
  async function eavesdrop(pattern = "*") {
    const client = redis.connect();
    const messages: { channel: string; message: Record<string, unknown> }[] = [];
    await client.psubscribe(pattern);
    client.on("pmessage", (_, channel: string, text: string) => {
      if (channel.startsWith("enfyra:")) messages.push({ channel, message: JSON.parse(text) });
    });
    return messages;
  }

  it("is understood by servers of the documents and by current ones", async () => {
    const [a] = await joinAll(1);
    const documented = await documentedPeer();
    const current = await currentPeer();
    await a!.reload.publish(["metadata", "guard", "graphql"]);
    await a!.reload.invalidate("route_definition");
    await a!.reload.publish("all");
    await until(() => current.heard.length === 5 && documented.heard.length === 14);
    expect(documented.heard.slice(0, 4).map(({ channel }) => channel)).toEqual([
      METADATA,
      "enfyra:guard-cache-sync",
      "enfyra:route-cache-sync",
      "enfyra:guard-cache-sync",
    ]);
    expect(current.heard.map(({ table }) => table)).toEqual([
      "enfyra_table",
      "enfyra_guard",
      "enfyra_graphql",
      "enfyra_route",
      "__admin_reload_all",
    ]);
    expect([...documented.misunderstood, ...current.misunderstood]).toEqual([]);
  });

  it("understands servers of the documents and current ones", async () => {
    const [a, b] = await joinAll(2, { caches: ["metadata", "guard", "prices"] });
    const { peer: documented } = await documentedPeer();
    const { peer: current } = await currentPeer();
    database.set("metadata", 1).set("guard", 1);
    await documented.reload(METADATA);
    await untilServed(instances, [a!, b!], "metadata");
    await current.reload("enfyra_guard_rule");
    await untilServed(instances, [a!, b!], "guard");
    await current.reload("__admin_reload_all");
    await until(() => [a!, b!].every(({ runs }) => runs.length === 5));
    expect(b!.runs.slice(2).map(({ cache }) => cache)).toEqual(["metadata", "guard", "prices"]);
  });

  it("writes a foreign signal into the log once, however many heard it, and all answer about it", async () => {
    const members = await joinAll(4);
    const { peer } = await documentedPeer();
    await peer.reload(METADATA);
    const client = redis.connect();
    await until(async () => (await client.hlen("keydeck:prod:reload:answers:metadata")) === 4);
    const generation = await client.hget("keydeck:prod:reload:gen", "metadata");
    await until(async () => {
      const answers = await client.hvals("keydeck:prod:reload:answers:metadata");
      return answers.every((text) => String(JSON.parse(text).generation) === generation);
    });
    const log = await client.xrange("keydeck:prod:reload:log", "-", "+");
    expect(log.filter(([, fields]) => fields.includes("caches"))).toHaveLength(1);
    expect(members.map(({ runs }) => runs.length)).toEqual([1, 1, 1, 1]);
    expect(members[0]!.reload.status().counters).toMatchObject({ signals: 1, foreign: 1 });
  });

  it("counts a signal once that comes on several channels, and twice when it comes twice", async () => {
    const [a, b] = await joinAll(2, { caches: ["metadata", "route"], reload: { catchUpMs: 200 } });
    const client = redis.connect();
    const send = async (timestamp: number) => {
      const head = { instanceId: "somebody", type: "RELOAD_SIGNAL", timestamp };
      const payload = { table: "enfyra_table", action: "reload", timestamp, scope: "full" };
      await client.publish(`${METADATA}:prod`, JSON.stringify(head));
      await client.publish(`${CURRENT}:prod`, JSON.stringify({ ...head, payload }));
    };
    await send(1_000);
    await send(1_000);
    await until(() => [a!, b!].every(({ reload }) => reload.status().counters.repeats === 2));
    const cursor = (await client.xrevrange("keydeck:prod:reload:log", "+", "-", "COUNT", 1))[0]![0];
    await until(() => [a!, b!].every(({ reload }) => reload.status().cursor === cursor));
    // A Redis that takes long to note a signal is not waited for: then it is honoured once before, without a generation.
    const noted = () =>
      [a!, b!].map(({ runs }) => runs.filter(({ generation }) => generation > 0).map(({ cache }) => cache));
    expect(noted()).toEqual([
      ["metadata", "route"],
      ["metadata", "route"],
    ]);
    await send(1_001);
    await until(() => noted().every((caches) => caches.length === 4));
  });

  it("accepts the least that current servers accept", async () => {
    const [a] = await joinAll(1, { caches: ["guard"] });
    const client = redis.connect();
    await client.publish(`${CURRENT}:prod`, '{"instanceId":"x","payload":{"table":"enfyra_guard"}}');
    await until(() => a!.runs.length === 1);
    await client.publish(`${CURRENT}:prod`, '{"instanceId":"x","payload":{"table":"enfyra_guard"}}');
    await until(() => a!.runs.length === 2);
  });

  it("drops what is malformed, tells of it, and goes on", async () => {
    const [a] = await joinAll(1);
    const told: MalformedSignal[] = [];
    a!.reload.on("malformed", (news) => told.push(news));
    const client = redis.connect();
    const head = { instanceId: "x", type: "RELOAD_SIGNAL", timestamp: 1 };
    const bad: [string, string | Buffer][] = [
      [METADATA, "not json"],
      [METADATA, "null"],
      [METADATA, "[]"],
      [METADATA, "{}"],
      [METADATA, Buffer.from([0xff, 0xfe, 0x00])],
      [METADATA, JSON.stringify({ ...head, instanceId: 5 })],
      [METADATA, JSON.stringify({ ...head, instanceId: "" })],
      [METADATA, JSON.stringify({ ...head, timestamp: "now" })],
      [METADATA, JSON.stringify({ ...head, type: "SOMETHING" })],
      [METADATA, JSON.stringify({ ...head, instanceId: "x".repeat(2_000_000) })],
      [CURRENT, JSON.stringify(head)],
      [CURRENT, JSON.stringify({ ...head, payload: { table: 7 } })],
    ];
    for (const [base, message] of bad) await client.publish(`${base}:prod`, message);
    await until(() => told.length === bad.length);
    expect(told.every(({ excerpt }) => excerpt.length <= 200)).toBe(true);
    // Well formed, of no concern here.
    await client.publish(`${CURRENT}:prod`, JSON.stringify({ ...head, payload: { table: "enfyra_user" } }));
    await client.publish(`${CURRENT}:prod`, JSON.stringify({ ...head, payload: { table: "__proto__" } }));
    database.set("metadata", 1);
    await client.publish(`${METADATA}:prod`, JSON.stringify(head));
    await untilServed(instances, [a!], "metadata");
    expect(a!.runs).toHaveLength(1);
    expect(a!.reload.status().counters.malformed).toBe(bad.length);
  });

  it("does not trust a message that only looks like ours", async () => {
    const [a, b] = await joinAll(2);
    const message = { instanceId: "f".repeat(32), type: "RELOAD_SIGNAL", timestamp: 5, cache: "metadata" };
    database.set("metadata", 1);
    const client = redis.connect();
    await client.publish(`${METADATA}:prod`, JSON.stringify({ ...message, generation: Number.MAX_SAFE_INTEGER }));
    await untilServed(instances, [a!, b!], "metadata");
    const { generations, acked } = await a!.reload.publish("metadata", { waitFor: "all" });
    expect(acked).toHaveLength(2);
    expect(generations.metadata).toBeLessThan(Number.MAX_SAFE_INTEGER / 2);
  });

  it("sends one message with everything both kinds need", async () => {
    const [a] = await joinAll(1);
    const messages = await eavesdrop();
    const { generations } = await a!.reload.publish("metadata", { reason: "why" });
    await until(() => messages.length === 2);
    expect(messages.map(({ channel }) => channel)).toEqual([`${METADATA}:prod`, `${CURRENT}:prod`]);
    const { timestamp, ...message } = messages[0]!.message;
    expect(timestamp).toEqual(expect.any(Number));
    expect(message).toEqual({
      instanceId: a!.instanceId,
      type: "RELOAD_SIGNAL",
      payload: { table: "enfyra_table", action: "reload", timestamp, scope: "full" },
      cache: "metadata",
      reason: "why",
      generation: generations.metadata,
    });
    expect(messages[1]!.message).toEqual(messages[0]!.message);
  });

  it.each([
    ["documented", [`${METADATA}:prod`]],
    ["orchestrator", [`${CURRENT}:prod`]],
  ] as const)("sends on the %s wire only, and everybody still hears it", async (wire, channels) => {
    const [a] = await joinAll(1, { reload: { wire }, caches: ["metadata", "prices"] });
    const [b] = await joinAll(1, { caches: ["metadata", "prices"] });
    const messages = await eavesdrop("enfyra:*");
    const { acked } = await a!.reload.publish(["metadata"], { waitFor: "all", timeoutMs: 3_000 });
    expect(acked).toHaveLength(2);
    expect(messages.map(({ channel }) => channel)).toEqual(channels);
    expect((await a!.reload.publish("prices", { waitFor: "all", timeoutMs: 3_000 })).acked).toHaveLength(2);
    expect(b!.reload.status().counters.signals).toBe(2);
  });

  it("lets an application give its cache a channel", async () => {
    const [a, b] = await joinAll(2, { caches: ["prices"], register: { channel: "shop:prices-sync" } });
    const client = redis.connect();
    const messages: string[] = [];
    await client.subscribe("shop:prices-sync:prod");
    client.on("message", (_, text: string) => messages.push(text));
    await a!.reload.publish("prices", { waitFor: "all" });
    await until(() => messages.length === 1);
    expect(JSON.parse(messages[0]!)).toMatchObject({ type: "RELOAD_SIGNAL", cache: "prices" });
    const peer = redis.connect();
    await peer.publish("shop:prices-sync:prod", '{"instanceId":"x","type":"RELOAD_SIGNAL","timestamp":1}');
    await until(() => [a!, b!].every(({ runs }) => runs.length === 2));
  });

  it("uses the bare channels while NODE_NAME is unset", async () => {
    const [a, b] = await joinAll(2, { nodeName: undefined });
    const other = join({ nodeName: "prod" });
    await other.reload.ready();
    const client = redis.connect();
    await client.publish(METADATA, '{"instanceId":"x","type":"RELOAD_SIGNAL","timestamp":1}');
    await until(() => [a!, b!].every(({ runs }) => runs.length === 1));
    expect((await a!.reload.publish("metadata", { waitFor: "all" })).acked).toHaveLength(2);
    expect(other.runs).toHaveLength(0);
    expect(await client.keys("*:reload:gen")).toEqual(["keydeck:_:reload:gen"]);
  });
});
