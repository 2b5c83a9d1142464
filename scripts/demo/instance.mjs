// One instance of the demo cluster: a process that embeds the core exactly as an application would, with real queues,
// workers and a Socket.IO server. The first one also writes what the cluster starts with.

import { Redis } from "ioredis";
import { createCluster } from "keydeck/core";
import { playCache, seedCache } from "./cache.mjs";
import { playLocks } from "./locks.mjs";
import { playQueues } from "./queues.mjs";
import { playReloads } from "./reloads.mjs";
import { createRhythm } from "./rhythm.mjs";
import { playSessions } from "./sessions.mjs";
import { playSockets } from "./sockets.mjs";
import { seedStructures } from "./structures.mjs";
import { playSystem, seedSystem } from "./system.mjs";

const number = Number(process.argv[2] ?? 1);
const { REDIS_URI, NODE_NAME, REDIS_USER_CACHE_LIMIT_MB } = process.env;

const cluster = createCluster({
  redis: REDIS_URI,
  nodeName: NODE_NAME,
  application: { name: `api-${number}`, version: "1.8.0", drivers: { queues: "bullmq", sockets: "redis pub/sub" } },
  userCache: { limitMb: Number(REDIS_USER_CACHE_LIMIT_MB ?? 30) },
});
const { instanceId, keyspace, cache } = cluster;
const rhythm = createRhythm();
const opened = [];
let queues;
let sockets;

/** A connection of the kind BullMQ and Socket.IO want: it waits for Redis as long as it takes. */
function connect() {
  const client = new Redis(REDIS_URI, { maxRetriesPerRequest: null, connectionName: `demo-${number}` });
  // Without a listener a lost connection would end the process; it reconnects by itself.
  client.on("error", () => {});
  opened.push(client);
  return client;
}

const redis = connect();
const demo = { cluster, number, instanceId, keyspace, cache, redis, connect, every: rhythm.every };

process.once("disconnect", leave);
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, leave);

await cluster.connections.ready(10_000);
if (number === 1) {
  await Promise.all([seedCache(demo), seedStructures(demo), seedSystem(demo)]);
}
playCache(demo);
playLocks(demo);
playReloads(demo);
await playSessions(demo);
if (number === 1) await playSystem(demo);
queues = await playQueues(demo);
cluster.members.contribute("queues", () => queues.names);
sockets = await playSockets(demo);
process.send?.("seeded");

async function leave() {
  setTimeout(() => process.exit(0), 2_000).unref();
  rhythm.stop();
  await Promise.allSettled([queues?.close(), sockets?.close()]);
  await cluster.close();
  for (const client of opened) client.disconnect();
  process.exit(0);
}
