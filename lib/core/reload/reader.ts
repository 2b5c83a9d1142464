// Looks at reloading without taking part: caches, log, answers, and who listens where. The tail is in tail.ts.

import { Cluster, type Redis } from "ioredis";
import { InvalidInput } from "../errors.ts";
import type { Keyspace } from "../keyspace.ts";
import type { Connections } from "../redis/connections.ts";
import { parseAnswer } from "./answers.ts";
import { createInvalidationMap } from "./invalidation-map.ts";
import { KNOWN_CACHES, knownCache, ORCHESTRATOR_CHANNEL } from "./known-caches.ts";
import { parseEntry } from "./log-entry.ts";
import { reloadKeys } from "./scripts.ts";
import { channelBook } from "./signal.ts";
import { createTail } from "./tail.ts";
import type { ForeignChannel, KnownCache, LogEntry, ReloadReader } from "./types.ts";

const MAX_PAGE = 500;

/**
 * Reads what the bus wrote; nothing is written.
 * @throws by its methods: {StoreUnavailable} {StorePermission} {InvalidInput}
 */
export function createReloadReader(options: { connections: Connections; keyspace: Keyspace }): ReloadReader {
  const { connections, keyspace } = options;
  const keys = reloadKeys(keyspace);
  const map = createInvalidationMap();

  async function log({ before, count = 50 }: { before?: string; count?: number } = {}) {
    if (!Number.isInteger(count) || count < 1 || count > MAX_PAGE)
      throw new InvalidInput(`Expected \`count\` to be an integer from 1 to ${MAX_PAGE}, got ${count}`);
    const end = before === undefined ? "+" : `(${checkId(before)}`;
    const [rows, length] = await connections.run((redis) =>
      Promise.all([redis.xrevrange(keys.log, end, "-", "COUNT", count), redis.xlen(keys.log)]),
    );
    const next = rows.length === count ? (rows.at(-1)?.[0] ?? null) : null;
    return { entries: rows.flatMap(toEntry), next, length };
  }

  /** Channel → subscribers, summed over the nodes: each knows its own only. */
  async function count(channels: readonly string[]): Promise<Map<string, number>> {
    if (channels.length === 0) return new Map();
    const replies = await onEveryNode((node) => node.pubsub("NUMSUB", ...channels) as Promise<(string | number)[]>);
    const sum = (index: number) => replies.reduce((total, reply) => total + Number(reply[index * 2 + 1] ?? 0), 0);
    return new Map(channels.map((channel, index) => [channel, sum(index)]));
  }

  function onEveryNode<T>(ask: (node: Redis) => Promise<T>): Promise<T[]> {
    return connections.run((redis) =>
      Promise.all((redis instanceof Cluster ? redis.nodes("master") : [redis]).map(ask)),
    );
  }

  return {
    async caches(registered = []) {
      const [[seconds = 0, us = 0], generations] = await connections.run((redis) =>
        Promise.all([redis.time(), redis.hgetall(keys.generations)]),
      );
      const names = new Set([...Object.keys(KNOWN_CACHES), ...registered, ...Object.keys(generations)]);
      const book = channelBook(keyspace, new Map());
      const describe = (cache: string): KnownCache => {
        const generation = Number(generations[cache] ?? 0);
        const own = book.ofCache(cache);
        return {
          ...{ cache, generation, tables: map.tablesOf(cache), warning: knownCache(cache)?.warning ?? null },
          channels: own === null ? [book.orchestrator] : [own, book.orchestrator],
          documented: own !== null,
          publishedAt: generation === 0 ? null : Math.floor(generation / 1_000),
        };
      };
      return { at: Number(seconds) * 1_000 + Math.floor(Number(us) / 1_000), caches: [...names].map(describe) };
    },
    log,
    async entry(id) {
      const rows = await connections.run((redis) => redis.xrange(keys.log, checkId(id), checkId(id)));
      return rows.flatMap(toEntry)[0];
    },
    async answers(caches) {
      const [[seconds = 0, us = 0], lists] = await connections.run((redis) =>
        Promise.all([redis.time(), Promise.all(caches.map((cache) => redis.hvals(keys.answers(cache))))]),
      );
      const parse = (texts: string[]) => texts.flatMap((text) => parseAnswer(text) ?? []);
      return {
        at: Number(seconds) * 1_000 + Math.floor(Number(us) / 1_000),
        caches: Object.fromEntries(caches.map((cache, index) => [cache, parse(lists[index] ?? [])])),
      };
    },
    tail: createTail({ connections, keyspace, map, count }),
    async subscribers() {
      return Object.fromEntries(await count([...channelBook(keyspace, new Map()).all().keys()]));
    },
    async mismatches() {
      const bases = [...Object.values(KNOWN_CACHES).flatMap(({ channel }) => channel ?? []), ORCHESTRATOR_CHANNEL];
      const found = await onEveryNode((node) => node.pubsub("CHANNELS", "enfyra:*-sync*") as Promise<string[]>);
      const others = [...new Set(found.flat())].flatMap((channel): Omit<ForeignChannel, "receivers">[] => {
        const base = bases.find((base) => channel === base || channel.startsWith(`${base}:`));
        if (base === undefined || channel === keyspace.channel(base)) return [];
        return [{ base, channel, suffix: channel === base ? null : channel.slice(base.length + 1) }];
      });
      const receivers = await count(others.map(({ channel }) => channel));
      return others
        .map((other) => ({ ...other, receivers: receivers.get(other.channel) ?? 0 }))
        .filter((other) => other.receivers > 0);
    },
  };
}

/** The log's first entry is about no cache: it only marks the beginning. */
function toEntry(row: [string, string[]]): LogEntry[] {
  const { slots: _slots, ...entry } = parseEntry(row);
  return entry.caches.length === 0 ? [] : [entry];
}

function checkId(id: string): string {
  if (!/^\d{1,16}-\d{1,16}$/.test(id)) throw new InvalidInput("Expected the id of a log entry");
  return id;
}
