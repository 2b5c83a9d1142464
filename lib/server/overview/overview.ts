// The namespace and its Redis at a glance. The parts are read side by side; what the ACL refuses stays blank.

import type { getOverview as endpoint, Overview } from "../../contracts/overview.ts";
import { StorePermission } from "../../core/errors.ts";
import { escapeGlob } from "../../core/keyspace.ts";
import { describeKeys } from "../../explorer/describe.ts";
import type { Service } from "../context.ts";
import { quota } from "../keys/quota.ts";
import type { Runtime } from "../runtime.ts";
import { judge } from "./health-rules.ts";
import { readRedisFacts, unlessRefused } from "./redis-facts.ts";

/** How many of the next victims are shown, and how many are looked at to find them among held locks. */
const VICTIMS = 10;
const CANDIDATES = 50;

export const getOverview: Service<typeof endpoint> = async ({ runtime }) => {
  const { config, connections } = runtime;
  const [facts, usage, nextVictims, socketIoChannels, census] = await Promise.all([
    readRedisFacts(connections),
    quotaOrPart(runtime),
    readNextVictims(runtime),
    countSocketIoChannels(runtime),
    runtime.census.get(),
  ]);
  const hasQueues = census.classes.some((figures) => figures.class === "bullmq" && figures.count > 0);
  return {
    namespace: config.nodeName ?? null,
    environment: config.environment,
    asOf: Date.now(),
    link: connections.link,
    redis: facts.redis,
    health: judge({ ...facts, quota: usage, hasQueues }),
    quota: usage,
    nextVictims,
    socketIoChannels,
    census,
  };
};

/** The books in one script, or by plain commands where scripts are refused. */
async function quotaOrPart(runtime: Runtime): Promise<Overview["quota"]> {
  const { connections, keyspace, config } = runtime;
  try {
    return await quota(runtime);
  } catch (error) {
    if (!(error instanceof StorePermission)) throw error;
    const { total, sizes, locks } = keyspace.userCacheMeta;
    const ask = async (command: string, key: string) =>
      Number(await unlessRefused(connections.call(command, key))) || 0;
    const [bytes, keys, held] = await Promise.all([ask("GET", total), ask("HLEN", sizes), ask("ZCARD", locks)]);
    return { totalBytes: bytes, keys, locks: held, ...config.userCache };
  }
}

/** Least recently used first, without the locks that somebody holds. */
async function readNextVictims({ connections, keyspace }: Runtime): Promise<Overview["nextVictims"]> {
  const { lru } = keyspace.userCacheMeta;
  const names = await unlessRefused(connections.callBuffer("ZRANGE", lru, 0, CANDIDATES - 1));
  const mine = ((names ?? []) as Buffer[]).filter((name) => keyspace.contains(name));
  const keys = await describeKeys(connections, keyspace, mine);
  const evictable = keys.filter(({ row }) => row.class === "user-cache" && !row.heldLock);
  return evictable.slice(0, VICTIMS).map(({ row }) => row);
}

/** The adapter keeps no keys: its channels are all there is to count. Each node knows its own subscribers. */
async function countSocketIoChannels({ connections, keyspace }: Runtime): Promise<number | null> {
  const prefix = keyspace.nodeName === undefined ? "" : `${keyspace.nodeName}:`;
  const pattern = `${escapeGlob(`${prefix}socket.io`)}*`;
  const perNode = await connections.run(async () => {
    const nodes = await connections.primaries();
    return Promise.all(nodes.map((node) => unlessRefused(node.pubsub("CHANNELS", pattern))));
  });
  if (perNode.some((channels) => channels === null)) return null;
  return new Set(perNode.flatMap((channels) => channels as string[])).size;
}
