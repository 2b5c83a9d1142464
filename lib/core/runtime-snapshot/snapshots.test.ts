// Runtime snapshots: what current servers write is read, what we write they read, one instance loads for all, and an
// older snapshot never replaces a newer one of ours.

import { deserialize, serialize } from "node:v8";
import { afterEach, describe, expect, it } from "vitest";
import { startChaosProxy } from "../../testing/chaos-proxy.ts";
import { until, useRedis } from "../../testing/redis.ts";
import { reloadInstances, untilServed } from "../../testing/reload-cluster.ts";
import { InvalidInput, SnapshotUnreadable } from "../errors.ts";
import { createKeyspace } from "../keyspace.ts";
import { type Connections, createConnections } from "../redis/connections.ts";
import { createRuntimeSnapshots } from "./snapshots.ts";

const KEY = "prod:runtime_cache:oauth_config";
const LOCK = `${KEY}:lock`;

describe("runtime snapshots", () => {
  const redis = useRedis();
  const opened: Connections[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((connections) => connections.close()));
  });

  function open(options: { lockMs?: number; waitMs?: number } = {}) {
    const connections = createConnections({ uri: redis.uri, nodeName: "prod" });
    opened.push(connections);
    return createRuntimeSnapshots({ connections, keyspace: createKeyspace("prod"), ...options });
  }
  const forever = new AbortController().signal;

  it("are written as current servers write them", async () => {
    const data = { routes: new Map([["/", new Set([1])]]), at: new Date(0) };
    expect(await open().write("oauth-config", data, 7)).toBe(true);
    const client = redis.connect();
    const written = deserialize((await client.getBuffer(KEY))!);
    expect(written).toMatchObject({ cacheIdentifier: "oauth-config", version: expect.any(Number), data });
    expect(new Date(written.updatedAt).getTime()).toBe(written.version);
    expect(await client.pttl(KEY)).toBeGreaterThan(1_790_000);
  });

  it("are read as current servers write them, in the older form too", async () => {
    const client = redis.connect();
    const data = { a: new Map([["k", new Set([new Date(5)])]]) };
    const snapshot = { cacheIdentifier: "oauth-config", version: 5, updatedAt: "1970-01-01T00:00:00.005Z" };
    await client.set(KEY, serialize({ ...snapshot, data }), "PX", 60_000);
    expect(await open().read("oauth-config")).toEqual({ ...snapshot, data, generation: null });
    expect(await client.pttl(KEY)).toBeGreaterThan(1_790_000);
    const date = { __enfyraType: "Date", value: "1970-01-01T00:00:00.005Z" };
    const map = { __enfyraType: "Map", entries: [["k", { __enfyraType: "Set", values: [date] }]] };
    const older = { ...snapshot, data: { a: map } };
    await client.set(KEY, JSON.stringify(older));
    expect((await open().read("oauth-config"))?.data).toEqual(data);
    await client.set(KEY, "nonsense");
    await expect(open().read("oauth-config")).rejects.toThrow(SnapshotUnreadable);
  });

  it("never go back to an older generation", async () => {
    const [a, b] = [open(), open()];
    expect(await a.write("guard", "new", 20)).toBe(true);
    expect(await b.write("guard", "old", 10)).toBe(false);
    expect((await b.read("guard"))?.data).toBe("new");
    expect(await b.write("guard", "newer", 30)).toBe(true);
  });

  it("have parts that are read one by one, as current servers write and read them", async () => {
    const [writer, client] = [open(), redis.connect()];
    const aux = (name: string) => `prod:runtime_cache:route:aux:${name}`;
    await client.set(aux("match_index"), serialize([{ key: "5", path: "/foreign" }]));
    expect(await open().readPart("route", "match-index")).toEqual([{ key: "5", path: "/foreign" }]);
    // A snapshot without an index: a foreign one that was left would hide it from current servers.
    await writer.write("route", [], 1);
    expect(await client.exists(aux("match_index"))).toBe(0);

    const routes = { "match-index": [{ key: "5", path: "/a" }], "route:5": { path: "/a", at: new Date(0) } };
    await writer.write("route", [], 2, routes);
    expect(deserialize((await client.getBuffer(aux("match_index")))!)).toEqual(routes["match-index"]);
    expect(deserialize((await client.getBuffer(aux("route:5")))!)).toEqual(routes["route:5"]);
    expect(await client.pttl(aux("route:5"))).toBeGreaterThan(1_790_000);
    // The parts of an older generation change nothing; those of a newer one replace all.
    expect(await writer.write("route", [], 1, { "route:6": 6 })).toBe(false);
    expect(await writer.write("route", [], 3, { "route:7": 7 })).toBe(true);
    const read = await Promise.all(["route:5", "route:6", "route:7"].map((name) => open().readPart("route", name)));
    expect(read).toEqual([undefined, undefined, 7]);
    await expect(writer.readPart("route", "")).rejects.toThrow(InvalidInput);
  });

  it("are loaded by one instance, and the others read what it wrote", async () => {
    let loads = 0;
    const load = async () => {
      loads += 1;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return "value";
    };
    const values = await Promise.all(
      Array.from({ length: 8 }, () => open().loadOnce("oauth-config", 5, load, forever)),
    );
    expect(values).toEqual(Array(8).fill("value"));
    expect(loads).toBe(1);
    expect(await redis.connect().exists(LOCK)).toBe(0);
  });

  it("are loaded by another when the first one fails, or dies holding the lock", async () => {
    await expect(open().loadOnce("guard", 5, () => Promise.reject(new Error("down")), forever)).rejects.toThrow("down");
    expect(await open().loadOnce("guard", 5, async () => "second", forever)).toBe("second");
    await redis.connect().set(LOCK, "a dead instance", "PX", 300);
    expect(await open().loadOnce("oauth-config", 5, async () => "third", forever)).toBe("third");
  });

  it("keep the lock for as long as loading takes, and leave somebody else's alone", async () => {
    const client = redis.connect();
    const slow = open({ lockMs: 300 });
    const loading = slow.loadOnce(
      "oauth-config",
      5,
      () => new Promise((resolve) => setTimeout(resolve, 900, 1)),
      forever,
    );
    await until(async () => (await client.exists(LOCK)) === 1);
    const token = await client.get(LOCK);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await client.get(LOCK)).toBe(token);
    await client.set(LOCK, "somebody else", "PX", 5_000);
    await loading;
    expect(await client.get(LOCK)).toBe("somebody else");
  });

  it("give the lock back when the load is given up, and what still comes is not written", async () => {
    const giveUp = new AbortController();
    let finish = (_: string) => {};
    const hanging = open().loadOnce("guard", 5, () => new Promise((resolve) => (finish = resolve)), giveUp.signal);
    await until(async () => (await redis.connect().exists("prod:runtime_cache:guard:lock")) === 1);
    const next = open().loadOnce("guard", 5, async () => "second", forever);
    giveUp.abort(new Error("too late"));
    await expect(hanging).rejects.toThrow("too late");
    expect(await next).toBe("second");
    finish("first");
    await Promise.resolve();
    expect((await open().read("guard"))?.data).toBe("second");
  });

  it("give the lock back when the load was given up while the lock was being claimed", async () => {
    const giveUp = new AbortController();
    const hanging = open().loadOnce("guard", 5, () => new Promise(() => {}), giveUp.signal);
    giveUp.abort(new Error("too late"));
    await expect(hanging).rejects.toThrow("too late");
    expect(await open().loadOnce("guard", 5, async () => "second", forever)).toBe("second");
  });

  it("are loaded by another when a killed holder's lock is kept alive by a foreign renewer", async () => {
    const client = redis.connect();
    await open({ lockMs: 60_000 }).write("guard", "old", 1);
    await client.set("prod:runtime_cache:guard:lock", "keydeck:of-the-dead", "PX", 1_800_000);
    await client.set("keydeck:prod:snapshots:lease:guard", "keydeck:of-the-dead", "PX", 300);
    expect(await open({ waitMs: 10_000 }).loadOnce("guard", 5, async () => "new", forever)).toBe("new");
    expect((await open().read("guard"))?.data).toBe("new");
    expect(await client.exists("prod:runtime_cache:guard:lock")).toBe(0);
  });

  it("are loaded here when nobody gives the lock back, or Redis is away", async () => {
    const client = redis.connect();
    await client.set(LOCK, "stuck", "PX", 60_000);
    expect(await open({ waitMs: 300 }).loadOnce("oauth-config", 5, async () => "own", forever)).toBe("own");
    await client.set(KEY.replace("oauth_config", "guard"), "x");
    const connections = createConnections({ uri: "redis://127.0.0.1:1", nodeName: "prod", commandTimeoutMs: 200 });
    opened.push(connections);
    const alone = createRuntimeSnapshots({ connections, keyspace: createKeyspace("prod") });
    expect(await alone.loadOnce("guard", 5, async () => "own", forever)).toBe("own");
  });

  it("that a foreign server overwrote are loaded again when a generation is asked for", async () => {
    await open().write("oauth-config", "ours", 20);
    const foreign = {
      cacheIdentifier: "oauth_config",
      version: 1,
      updatedAt: "1970-01-01T00:00:00.000Z",
      data: "theirs",
    };
    await redis.connect().set(KEY, serialize(foreign));
    expect(await open().loadOnce("oauth-config", 0, async () => "loaded", forever)).toBe("theirs");
    expect(await open().loadOnce("oauth-config", 20, async () => "loaded", forever)).toBe("loaded");
  });
});

describe("a cluster with runtime snapshots", () => {
  const redis = useRedis();
  const instances = reloadInstances(() => redis.uri);
  afterEach(() => instances.closeAll());

  it("asks the database once for each reload", async () => {
    const { database, joinAll, join } = instances;
    const parts = (value: unknown) => ({ version: { is: value } });
    const members = await joinAll(5, { runtimeCache: true, register: { parts } });
    for (let version = 1; version <= 3; version++) {
      database.set("metadata", version);
      const { acked } = await members[version]!.reload.publish("metadata", { waitFor: "all" });
      expect(acked).toHaveLength(5);
      expect(members.map(({ serves }) => serves.get("metadata"))).toEqual(Array(5).fill(version));
      expect(await members[0]!.snapshots.readPart("metadata", "version")).toEqual({ is: version });
    }
    expect(members.flatMap(({ runs }) => runs)).toHaveLength(3);
    const late = join({ runtimeCache: true, register: { initial: true } });
    await untilServed(instances, [late], "metadata");
    expect(late.runs).toHaveLength(0);
  });

  it("never goes back behind what it loaded while Redis was away", async () => {
    const { database, joinAll, join } = instances;
    const [first] = await joinAll(1, { runtimeCache: true });
    database.set("metadata", 1);
    await first!.reload.publish("metadata", { waitFor: "all" });
    const proxy = await startChaosProxy(redis.port);
    proxy.freeze();
    database.set("metadata", 2);
    const uri = `redis://127.0.0.1:${proxy.port}`;
    const late = join({ redis: uri, runtimeCache: true, register: { initial: true } });
    await untilServed(instances, [late], "metadata");
    proxy.thaw();
    await late.reload.ready(15_000);
    const served: unknown[] = [];
    late.reload.on("applied", () => served.push(late.serves.get("metadata")));
    await redis.connect().del("keydeck:prod:reload:log"); // whoever follows it loads everything again
    await first!.reload.publish("guard");
    await until(() => served.length > 0);
    expect(served).toEqual([2]);
    await late.close();
    await proxy.close();
  });

  it("asks it by each instance where a cache wants that", async () => {
    const members = await instances.joinAll(3, { runtimeCache: true, register: { singleFlight: false } });
    await members[0]!.reload.publish("metadata", { waitFor: "all" });
    expect(members.flatMap(({ runs }) => runs)).toHaveLength(3);
    expect(await redis.connect().exists("prod:runtime_cache:metadata")).toBe(0);
  });
});
