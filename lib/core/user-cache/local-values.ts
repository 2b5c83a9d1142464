// Puts copies in this process (local-cache/) before the values in Redis. Each reader gets a value of its own, as without
// copies: one that was parsed is copied, which takes a fifth of the time of parsing it anew.
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
import { parse } from "./serialization.ts";

type Values = ReturnType<typeof createRedisValues>;
type Found = Awaited<ReturnType<Values["readWithTtl"]>>;

/** A value as Redis has it, and as it was parsed for its first reader. */
interface Copy {
  readonly text: string;
  parsed: { readonly value: unknown } | undefined;
}

/** Uses told with one call; the others wait a second more. */
const MOST_TOUCHES = 1_000;
const TOUCH_EVERY_MS = 1_000;
/** "Gone" as PTTL says it. */
const GONE = -2;

/** The copies of user values in one process; made by {@link createUserCopies}. */
export interface UserCopies {
  /** The same operations, asking the copies first. */
  wrap(values: Values): Values;
  /** What the copy of a full name means, if there is one that may be served. */
  value(key: string): { readonly value: unknown } | undefined;
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
  const cache = new LocalCache<Copy>({ ...options, lease });
  const touch = createTouches(store, keyspace.userCacheMeta.lru);
  coherence.follow({
    lease,
    prefix,
    changed: (rest) => cache.drop(prefix + rest),
    flushed: () => cache.clear(),
    lost: () => cache.lapse(),
  });

  function peek(key: string): Copy | undefined {
    const copy = cache.get(key);
    if (copy !== undefined) touch(key);
    return copy;
  }

  function value(key: string): { readonly value: unknown } | undefined {
    const copy = peek(key);
    if (copy === undefined) return undefined;
    copy.parsed ??= { value: parse(copy.text) };
    return { value: copyOf(copy.parsed.value) };
  }

  function copyWithTtl(key: string): Found | undefined {
    const endsAt = cache.endsAt(key);
    const copy = endsAt === undefined ? undefined : peek(key);
    if (copy === undefined || endsAt === undefined) return undefined;
    return {
      text: copy.text,
      leftMs: endsAt === Number.POSITIVE_INFINITY ? -1 : Math.floor(endsAt - performance.now()),
    };
  }

  /** Reads through the copies; a reader that shares another's question is told the text only. */
  async function load(key: string, values: Values): Promise<{ text: string | null; found?: Found }> {
    coherence.open();
    let found: Found | undefined;
    const copy = await cache.load(key, async () => {
      found = await values.readWithTtl(key);
      if (!found) return null;
      const leftMs = found.leftMs === GONE ? 0 : found.leftMs;
      // Text, and about as much again once it is parsed.
      return { value: { text: found.text, parsed: undefined }, leftMs, bytes: 3 * found.text.length };
    });
    const text = copy?.text ?? null;
    return found === undefined ? { text } : { text, found };
  }

  return {
    wrap: (values) => ({
      ...values,
      async read(key) {
        const copy = peek(key);
        if (copy !== undefined) return copy.text;
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
    value,
    clear: () => cache.clear(),
    stats: () => cache.stats(),
  };
}

/** What JSON can say, anew. A spread keeps the shape of an object, and a member called `__proto__` a member. */
function copyOf<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as Value;
  const copy = { ...value };
  for (const name in copy) if (typeof copy[name] === "object") copy[name] = copyOf(copy[name]);
  return copy;
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
