import { afterEach, expect, it } from "vitest";
import { createKeyspace } from "../../core/keyspace.ts";
import { createConnections } from "../../core/redis/connections.ts";
import { until, useRedis } from "../../testing/redis.ts";
import { followChanges } from "./following.ts";

const redis = useRedis();
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const QUICK = { windowMs: 100, probeEveryMs: 200, probeMs: 100, floodMs: 50 };

/** Follows the namespace, and keeps what it was told. */
async function follow() {
  const connections = createConnections({ uri: redis.uri, nodeName: "prod" });
  closers.push(() => connections.close());
  await connections.ready(10_000);
  const seen = { keys: new Set<string>(), names: new Set<string>(), floods: 0, states: [] as boolean[] };
  const following = followChanges({
    ...{ connections, keyspace: createKeyspace("prod"), pace: QUICK },
    onKeys(keys) {
      for (const key of keys) seen.keys.add(String(key));
    },
    onNames(names) {
      for (const name of names ?? []) seen.names.add(String(name));
    },
    onState: (live) => void seen.states.push(live),
    onFlood: () => void seen.floods++,
  });
  closers.push(following.close);
  await until(() => following.since !== null);
  return { following, seen };
}

/** The last writes may still be on their way when the server goes. */
const every = (ms: number, write: () => Promise<unknown>) => setInterval(() => void write().catch(() => {}), ms);

/** A queue at work: keys of it change all the time. */
function work(): () => void {
  const writer = redis.connect();
  const timer = every(2, () => writer.set("prod:mail:id", "1"));
  const stop = () => clearInterval(timer);
  closers.push(stop);
  return stop;
}

const messagesOf = async (names: Set<string>) => {
  names.clear();
  await new Promise((resolve) => setTimeout(resolve, 50));
  return names.size;
};

it("follows a part by name while too much happens, and everything again when it is calm", async () => {
  const { following, seen } = await follow();
  const stop = work();
  await until(() => following.isFlooded);
  expect(following.since).toBeNull();
  await until(() => seen.floods > 0);
  // Between two looks at everything nothing is heard of the queue.
  await until(async () => (await messagesOf(seen.names)) === 0);
  const writer = redis.connect();
  await writer.set("prod:session:1", "x");
  await until(() => seen.keys.has("prod:session:1"));
  stop();
  await until(() => !following.isFlooded);
  expect(following.since).not.toBeNull();
  await writer.set("prod:else", "x");
  await until(() => seen.keys.has("prod:else"));
  expect(seen.states).not.toContain(false);
});

it("hears now and then of everything meanwhile, so that what is new is found", async () => {
  const { following, seen } = await follow();
  work();
  await until(() => following.isFlooded);
  const writer = redis.connect();
  const born = every(5, () => writer.set("prod:born:wait", "x"));
  closers.push(() => clearInterval(born));
  await until(() => seen.names.has("prod:born:wait"));
});

it("leaves no connection behind", async () => {
  const { following } = await follow();
  work();
  await until(() => following.isFlooded);
  following.close();
  const admin = redis.connect();
  await until(async () => !String(await admin.client("LIST")).includes("keydeck:feed"));
});
