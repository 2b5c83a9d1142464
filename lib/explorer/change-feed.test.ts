import { afterEach, beforeEach, expect, it } from "vitest";
import { createKeyspace } from "../core/keyspace.ts";
import { type Connections, createConnections } from "../core/redis/connections.ts";
import { startCluster, until, useRedis } from "../testing/redis.ts";
import { openChangeFeed } from "./change-feed.ts";

const redis = useRedis();
const closers: (() => unknown)[] = [];
let connections: Connections;

beforeEach(async () => {
  connections = await connect(redis.uri);
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function connect(uri: string, nodeName = "{prod}"): Promise<Connections> {
  const opened = createConnections({ uri, nodeName });
  closers.push(() => opened.close());
  await opened.ready(10_000);
  return opened;
}

/** A feed, and all it told. */
function follow(nodeName: string | undefined, over = connections) {
  const seen = { keys: [] as string[], calls: 0, all: 0, states: [] as [boolean, string | null][] };
  const feed = openChangeFeed({
    connections: over,
    keyspace: createKeyspace(nodeName),
    onKeys: (keys, all) => {
      seen.calls++;
      seen.keys.push(...keys.map((key) => key.toString("latin1")));
      if (all) seen.all++;
    },
    onState: (live, because) => void seen.states.push([live, because]),
  });
  closers.push(() => feed.close());
  return { seen, live: () => until(() => seen.states.at(-1)?.[0] === true), close: feed.close };
}

it("tells of writes, expiries and deletions in the namespace, and of nothing else", async () => {
  const feed = follow("prod");
  await feed.live();
  const writer = redis.connect();
  await writer.set("prod:user_cache:a", "1");
  await writer.set(Buffer.from([...Buffer.from("prod:"), 0xff]), "1");
  await writer.set("keydeck:prod:audit", "1", "PX", 20);
  await writer.set("other:a", "1");
  await writer.set("prod2:a", "1");
  await until(() => feed.seen.calls > 0);
  expect(feed.seen.keys.toSorted()).toEqual(["keydeck:prod:audit", "prod:user_cache:a", "prod:\u00ff"]);
  feed.seen.keys.length = 0;
  await writer.del("prod:user_cache:a");
  await until(async () => (await writer.exists("keydeck:prod:audit")) === 0 && feed.seen.keys.length > 0);
  expect(feed.seen.keys).toContain("prod:user_cache:a");
});

it("works in unset mode", async () => {
  const feed = follow(undefined);
  await feed.live();
  const writer = redis.connect();
  await writer.mset({
    "enfyra:user_cache:a": "1",
    "enfyra:else": "1",
    "sys:provision_init_lock": "1",
    "bull:q:meta": "1",
  });
  await until(() => feed.seen.calls > 0);
  expect(feed.seen.keys.toSorted()).toEqual(["bull:q:meta", "enfyra:user_cache:a", "sys:provision_init_lock"]);
});

it("says that everything changed instead of naming thousands, and on a flush", async () => {
  const feed = follow("prod");
  await feed.live();
  const writer = redis.connect();
  await writer.mset(Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`prod:${index}`, "1"])));
  await until(() => feed.seen.all === 1);
  expect(feed.seen.keys.length).toBeLessThan(1_001);
  await writer.flushall();
  await until(() => feed.seen.all === 2);
});

it("comes back after its connection was cut, and says that changes were missed", async () => {
  const feed = follow("prod");
  await feed.live();
  const admin = redis.connect();
  const clients = (await admin.client("LIST")) as string;
  const id = /id=(\d+) .*name=keydeck:feed/.exec(clients)?.[1] ?? "";
  await admin.client("KILL", "ID", id);
  await until(() => feed.seen.states.length === 3);
  expect(feed.seen.states.map(([live]) => live)).toEqual([true, false, true]);
  await until(() => feed.seen.all === 1);
  await admin.set("prod:later", "1");
  await until(() => feed.seen.keys.includes("prod:later"));
});

it("says so when the ACL refuses", async () => {
  const admin = redis.connect();
  await admin.acl("SETUSER", "narrow", "on", ">secret", "~*", "+@all", "-client|tracking");
  const narrow = await connect(redis.uri.replace("redis://", "redis://narrow:secret@"));
  const feed = follow("prod", narrow);
  await until(() => feed.seen.states.length > 0);
  expect(feed.seen.states[0]).toEqual([false, expect.stringContaining("CLIENT TRACKING")]);
});

it("leaves no connection behind when it is closed", async () => {
  const feed = follow("prod");
  await feed.live();
  feed.close();
  const admin = redis.connect();
  await until(async () => !String(await admin.client("LIST")).includes("keydeck:feed"));
});

it("follows the owner of a tagged namespace's slot on a cluster", async () => {
  const cluster = await startCluster();
  closers.push(() => cluster.stop());
  const feed = follow("{prod}", await connect(cluster.uri));
  await feed.live();
  const writer = await connect(cluster.uri);
  await writer.call("SET", "{prod}:user_cache:a", "1");
  await until(() => feed.seen.keys.includes("{prod}:user_cache:a"));
}, 60_000);
