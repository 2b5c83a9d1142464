// Whatever happens to connections and to Redis, every published reload is applied, or a newer one is.

import { afterEach, describe, expect, it } from "vitest";
import { startChaosProxy } from "../../testing/chaos-proxy.ts";
import { startCluster, startRedis, until, useRedis } from "../../testing/redis.ts";
import { type ReloadInstance, reloadInstances, untilServed } from "../../testing/reload-cluster.ts";

const LOG = "keydeck:prod:reload:log";
/** What the documents promise, twice over, and some room for a busy machine. */
const HEALED_MS = 10_000;

describe("reload under faults", () => {
  const redis = useRedis();
  const instances = reloadInstances(() => redis.uri);
  const { database, joinAll } = instances;
  afterEach(() => instances.closeAll());

  /** Cuts the connection on which an instance listens. */
  async function killSubscriber({ instanceId }: ReloadInstance): Promise<void> {
    const client = redis.connect();
    const list = String(await client.client("LIST"));
    const line = list.split("\n").find((line) => line.includes(`name=keydeck:${instanceId.slice(0, 8)}:sub`));
    const id = /^id=(\d+)/.exec(line ?? "")?.[1];
    if (id) await client.client("KILL", "ID", Number(id));
    client.disconnect();
  }

  it("applies every reload while the subscriber is killed every 40", async () => {
    const [a, b] = await joinAll(2, { reload: { catchUpMs: 1_000 } });
    for (let version = 1; version <= 240; version++) {
      database.set("metadata", version);
      await a!.reload.publish("metadata");
      if (version % 40 === 0) await killSubscriber(b!);
    }
    const last = a!.reload.status().caches[0]!.wanted;
    await until(() => b!.reload.status().caches[0]!.generation === last, HEALED_MS);
    expect(b!.serves.get("metadata")).toBe(240);
    const { signals, gaps, caughtUp } = b!.reload.status().counters;
    expect([signals, gaps]).toEqual([240, 0]);
    expect(caughtUp).toBeGreaterThan(0);
  });

  it("catches up with what was said while it was cut off", async () => {
    const proxy = await startChaosProxy(redis.port);
    try {
      const [a] = await joinAll(1);
      const [b] = await joinAll(1, { redis: `redis://127.0.0.1:${proxy.port}` });
      await proxy.down();
      database.set("metadata", 1);
      const { pending } = await a!.reload.publish("metadata", { waitFor: "all", timeoutMs: 300 });
      expect(pending).toMatchObject([{ instanceId: b!.instanceId, state: null }]);
      await proxy.up();
      await untilServed(instances, [a!, b!], "metadata", HEALED_MS);
    } finally {
      await instances.closeAll();
      await proxy.close();
    }
  });

  it("publishes and collects answers while its own subscriber cannot connect", async () => {
    const [a, b] = await joinAll(2);
    const client = redis.connect();
    await client.acl("SETUSER", "deaf", "on", "nopass", "~*", "&*", "+@all", "-subscribe");
    const deaf = instances.join({ redis: `redis://deaf:x@127.0.0.1:${redis.port}`, reload: { catchUpMs: 500 } });
    await deaf.connections.ready();
    const { acked } = await deaf.reload.publish("metadata", { waitFor: "all", timeoutMs: 8_000 });
    expect(acked.map(({ instanceId }) => instanceId).sort()).toEqual(
      [a!, b!, deaf].map(({ instanceId }) => instanceId).sort(),
    );
    expect(deaf.reload.status().subscriber).toBe("away");
    database.set("metadata", 6);
    await a!.reload.publish("metadata");
    await untilServed(instances, [deaf], "metadata", HEALED_MS);
    await client.acl("DELUSER", "deaf");
  });

  it("reloads everything once when Redis comes back without its data", async () => {
    const server = await startRedis();
    const uri = server.uri;
    const [a, b] = await joinAll(2, { redis: uri, caches: ["metadata", "route"] });
    const before = await a!.reload.publish(["metadata", "route"], { waitFor: "all" });
    await server.stop("SIGKILL");
    database.set("metadata", 5).set("route", 5);
    await server.start();
    await untilServed(instances, [a!, b!], "metadata", HEALED_MS);
    await untilServed(instances, [a!, b!], "route", HEALED_MS);
    expect(b!.runs).toHaveLength(4);
    expect(b!.reload.status().counters.gaps).toBe(1);
    const after = await b!.reload.publish("metadata", { waitFor: "all", timeoutMs: HEALED_MS });
    expect(after.generations.metadata).toBeGreaterThan(before.generations.metadata!);
    await until(async () => (await a!.reload.publish("metadata", { waitFor: "all" })).acked.length === 2);
    await instances.closeAll();
    await server.stop();
  });

  it("reloads everything once when the log no longer reaches back", async () => {
    const [a, b] = await joinAll(2, { reload: { catchUpMs: 300 } });
    await a!.reload.publish("metadata", { waitFor: "all" });
    const client = redis.connect();
    await until(() => a!.reload.status().cursor === b!.reload.status().cursor);
    database.set("metadata", 8);
    await client.xtrim(LOG, "MAXLEN", 0);
    await client.xadd(LOG, "*", "caches", "guard", "generation", "1");
    await untilServed(instances, [a!, b!], "metadata", HEALED_MS);
    expect(b!.reload.status().counters.gaps).toBe(1);
  });

  it("finds its place again when a lagging clock gave the log older ids", async () => {
    const [a, b] = await joinAll(2, { reload: { catchUpMs: 300 } });
    await a!.reload.publish("metadata", { waitFor: "all" });
    const client = redis.connect();
    await client.multi().del(LOG).xadd(LOG, "1000-0", "caches", "guard", "generation", "1").exec();
    database.set("metadata", 4);
    await untilServed(instances, [a!, b!], "metadata", HEALED_MS);
    expect((await a!.reload.publish("metadata", { waitFor: "all" })).acked).toHaveLength(2);
  });

  it("honours a foreign signal at once even if nothing can be written", async () => {
    const [b] = await joinAll(1);
    const client = redis.connect();
    await client.config("SET", "maxmemory", "1");
    database.set("metadata", 2);
    await client.publish("enfyra:metadata-cache-sync:prod", '{"instanceId":"x","timestamp":1}');
    await untilServed(instances, [b!], "metadata").finally(() => client.config("SET", "maxmemory", "0"));
  });

  it("sends one command for each look into the log, and no other, while nothing happens", async () => {
    const [a] = await joinAll(1, { reload: { catchUpMs: 500 }, heartbeatMs: 60_000 });
    await a!.reload.publish("metadata", { waitFor: "all" });
    const monitor = await redis.connect().monitor();
    const sent: string[] = [];
    monitor.on("monitor", (_, args: string[], source: string) => source !== "lua" && sent.push(args.join(" ")));
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    monitor.disconnect();
    const looks = sent.filter((command) => command.includes("keydeck:prod:reload:log"));
    expect(looks.length).toBeGreaterThanOrEqual(2);
    expect(looks.length).toBeLessThanOrEqual(6);
    expect(sent.filter((command) => command.includes("keydeck:prod:reload") && !looks.includes(command))).toEqual([]);
  });
});

describe("reload on Redis Cluster", () => {
  const instances = reloadInstances(() => uri);
  let uri = "";

  it("reaches instances that listen at other nodes", async () => {
    const cluster = await startCluster();
    uri = cluster.uri;
    try {
      const members = await instances.joinAll(3, { nodeName: "{prod}", caches: ["metadata", "prices"] });
      const { acked } = await members[0]!.reload.publish("all", { waitFor: "all" });
      expect(acked).toHaveLength(6);
      for (const [index, node] of cluster.nodes.entries()) {
        instances.database.set("metadata", index + 1);
        const message = JSON.stringify({ instanceId: "x", type: "RELOAD_SIGNAL", timestamp: index + 1 });
        await node.connect().publish("enfyra:metadata-cache-sync:{prod}", message);
        await untilServed(instances, members, "metadata");
      }
      expect(members.map(({ runs }) => runs.length)).toEqual([5, 5, 5]);
    } finally {
      await instances.closeAll();
      await cluster.stop();
    }
  });
});
