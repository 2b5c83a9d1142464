// Puts copies in this process (local-cache/) before the values in Redis. Copies are of the serialized text, so that each
// reader parses a value of its own, as without copies.
//
// A hit still counts as a use, or the quota would evict first what is read most: uses are told to Redis once a second,
// in one call. Beside a foreign cluster whose renewer rewrites every TTL each 20 s, every copy is dropped as often.
// Where Redis does not tell of changes (mode `versioned`) nothing is copied: not every writer of user keys announces.

import { performance } from "node:perf_hooks";
import type { Keyspace } from "../keyspace.ts";
import type { Coherence } from "../local-cache/coherence.ts";
import { Lease } from "../local-cache/lease.ts";
import { LocalCache, type LocalCacheStats } from "../local-cache/local-cache.ts";
import type { ScriptClient } from "../redis/scripts.ts";
import type { createRedisValues } from "./redis-values.ts";
import { touchManyScript } from "./scripts.ts";

type Values = ReturnType<typeof createRedisValues>;
type Found = Awaited<ReturnType<Values["readWithTtl"]>>;

/** Uses told with one call; the others wait a second more. */
const MOST_TOUCHES = 1_000;
const TOUCH_EVERY_MS = 1_000;
/** "Gone" as PTTL says it. */
const GONE = -2;

/** The copies of user values in one process; made by {@link createUserCopies}. */
export interface UserCopies {
  /** The same operations, asking the copies first. */
  wrap(values: Values): Values;
  /** The copy of a full name, if there is one that may be served. */
  peek(key: string): string | undefined;
  clear(): void;
  stats(): LocalCacheStats;
}

/** Takes part in the coherence of this instance from now on. Times in ms. */
export function createUserCopies(options: {
  store: ScriptClient;
  keyspace: Keyspace;
  coherence: Coherence;
  maxItems: number;
  maxBytes: number;
  ttlMs: number;
}): UserCopies {
  const { store, keyspace, coherence } = options;
  const prefix = keyspace.userCachePrefix;
  const lease = new Lease();
  const cache = new LocalCache<string>({ ...options, lease });
  const touch = createTouches(store, keyspace.userCacheMeta.lru);
  coherence.follow({
    lease,
    prefix,
    changed: (rest) => cache.drop(prefix + rest),
    flushed: () => cache.clear(),
    lost: () => cache.lapse(),
  });

  function peek(key: string): string | undefined {
    const copy = cache.get(key);
    if (copy !== undefined) touch(key);
    return copy;
  }

  function copyWithTtl(key: string): Found | undefined {
    const endsAt = cache.endsAt(key);
    const text = endsAt === undefined ? undefined : peek(key);
    if (text === undefined || endsAt === undefined) return undefined;
    return { text, leftMs: endsAt === Number.POSITIVE_INFINITY ? -1 : Math.floor(endsAt - performance.now()) };
  }

  /** Reads through the copies; a reader that shares another's question is told the text only. */
  async function load(key: string, values: Values): Promise<{ text: string | null; found?: Found }> {
    coherence.open();
    let found: Found | undefined;
    const text = await cache.load(key, async () => {
      found = await values.readWithTtl(key);
      return (
        found && { value: found.text, leftMs: found.leftMs === GONE ? 0 : found.leftMs, bytes: 2 * found.text.length }
      );
    });
    return found === undefined ? { text } : { text, found };
  }

  return {
    wrap: (values) => ({
      ...values,
      async read(key) {
        const copy = peek(key);
        if (copy !== undefined) return copy;
        if (lease.holds) return (await load(key, values)).text;
        coherence.open();
        cache.missed();
        return values.read(key);
      },
      async readWithTtl(key) {
        return copyWithTtl(key) ?? (await load(key, values)).found ?? copyWithTtl(key) ?? values.readWithTtl(key);
      },
      write: (key, ...args) => cache.write([key], () => values.write(key, ...args)),
      remove: (key) => cache.write([key], () => values.remove(key)),
      acquire: (key, ...args) => cache.write([key], () => values.acquire(key, ...args)),
      release: (key, ...forms) => cache.write([key], () => values.release(key, ...forms)),
    }),
    peek,
    clear: () => cache.clear(),
    stats: () => cache.stats(),
  };
}

/** @returns notes a use */
function createTouches(store: ScriptClient, lru: string): (key: string) => void {
  const used = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  function tell(): void {
    const keys = [...used].slice(0, MOST_TOUCHES);
    for (const key of keys) used.delete(key);
    timer = used.size > 0 ? later() : undefined;
    // A use that was not told makes its key look older than it is; the next use tells again.
    touchManyScript.run(store, [lru, ...keys]).catch(() => {});
  }

  function later(): NodeJS.Timeout {
    return setTimeout(tell, TOUCH_EVERY_MS).unref();
  }

  return (key) => {
    used.add(key);
    if (timer === undefined) timer = later();
  };
}
