// A program on the same wire that is not ours: the documented user-cache algorithm of enfyra servers, written plainly.
// Several round trips per operation, read-modify-write accounting, eviction one by one. Tests run it beside our core;
// the bench measures against it. Its weaknesses are its contract: do not improve it.

import type { Redis } from "ioredis";

/** Options of {@link createForeignWriter}. */
export interface ForeignWriterOptions {
  readonly redis: Redis;
  readonly nodeName: string;
  /** 0 = off. */
  readonly limitBytes?: number;
  /** 0 = off. */
  readonly maxValueBytes?: number;
  /** What every key without a TTL, and the accounting keys, are given. @default 30 min */
  readonly lifecycleTtlMs?: number;
}

const RELEASE = `if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) else return 0 end`;

/** The operations of the foreign `$cache`. */
export function createForeignWriter(options: ForeignWriterOptions) {
  const { redis, nodeName, limitBytes = 0, maxValueBytes = 0, lifecycleTtlMs = 1_800_000 } = options;
  const prefix = `${nodeName}:user_cache:`;
  const LRU = `${nodeName}:user_cache_meta:lru`;
  const SIZES = `${nodeName}:user_cache_meta:sizes`;
  const TOTAL = `${nodeName}:user_cache_meta:total_bytes`;

  function nameOf(key: string): string {
    if (typeof key !== "string" || key === "") throw new Error("cache key is required");
    return key.startsWith(prefix) ? key : prefix + key;
  }

  function serialize(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
  }

  function parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }

  function checkSize(text: string): number {
    const bytes = Buffer.byteLength(text);
    if (maxValueBytes > 0 && bytes > maxValueBytes) {
      throw new Error(`$cache value is ${bytes} bytes, above REDIS_USER_CACHE_MAX_VALUE_BYTES=${maxValueBytes}`);
    }
    if (limitBytes > 0 && bytes > limitBytes) {
      throw new Error(`$cache value is ${bytes} bytes, above REDIS_USER_CACHE_LIMIT_MB capacity ${limitBytes} bytes`);
    }
    return bytes;
  }

  /** The open transaction ends, as each of theirs, by renewing the accounting keys. */
  function renewing(transaction: ReturnType<Redis["multi"]>) {
    return transaction
      .pexpire(LRU, lifecycleTtlMs)
      .pexpire(SIZES, lifecycleTtlMs)
      .pexpire(TOTAL, lifecycleTtlMs)
      .exec();
  }

  async function touch(name: string): Promise<void> {
    await renewing(redis.multi().zadd(LRU, Date.now(), name));
  }

  async function track(name: string, bytes: number): Promise<void> {
    const old = Number((await redis.hget(SIZES, name)) ?? 0);
    await renewing(
      redis
        .multi()
        .hset(SIZES, name, bytes)
        .incrby(TOTAL, bytes - old)
        .zadd(LRU, Date.now(), name),
    );
    await evict();
  }

  async function untrack(name: string): Promise<number> {
    const old = Number((await redis.hget(SIZES, name)) ?? 0);
    const transaction = redis.multi().hdel(SIZES, name).zrem(LRU, name);
    if (old > 0) transaction.incrby(TOTAL, -old);
    await renewing(transaction);
    return old;
  }

  async function evict(): Promise<void> {
    if (limitBytes === 0) return;
    let total = Number((await redis.get(TOTAL)) ?? 0);
    while (total > limitBytes) {
      const [victim] = await redis.zrange(LRU, 0, "0");
      if (victim === undefined) return;
      const old = Number((await redis.hget(SIZES, victim)) ?? 0);
      const transaction = redis.multi().del(victim).hdel(SIZES, victim).zrem(LRU, victim);
      if (old > 0) transaction.incrby(TOTAL, -old);
      await renewing(transaction);
      total -= old;
    }
  }

  async function read(name: string): Promise<string | null> {
    const text = await redis.get(name);
    if (text === null) await untrack(name);
    else await touch(name);
    return text;
  }

  async function write(key: string, value: unknown, ttlMs: number): Promise<void> {
    const name = nameOf(key);
    const text = serialize(value);
    const bytes = checkSize(text);
    await redis.set(name, text, "PX", ttlMs > 0 ? ttlMs : lifecycleTtlMs);
    await track(name, bytes);
  }

  return {
    async get(key: string): Promise<unknown> {
      const text = await read(nameOf(key));
      return text === null ? null : parse(text);
    },
    set: (key: string, value: unknown, ttlMs: number) => write(key, value, ttlMs),
    setNoExpire: (key: string, value: unknown) => write(key, value, 0),
    async deleteKey(key: string): Promise<void> {
      await redis.del(nameOf(key));
      await untrack(nameOf(key));
    },
    async exists(key: string, value: unknown): Promise<boolean> {
      const text = await read(nameOf(key));
      return text !== null && JSON.stringify(parse(text)) === JSON.stringify(parse(serialize(value)));
    },
    async acquire(key: string, value: unknown, ttlMs: number): Promise<boolean> {
      const name = nameOf(key);
      const text = serialize(value);
      const bytes = checkSize(text);
      if ((await redis.set(name, text, "PX", ttlMs, "NX")) === null) {
        await touch(name);
        return false;
      }
      await track(name, bytes);
      return true;
    },
    async release(key: string, value: unknown): Promise<boolean> {
      const name = nameOf(key);
      if ((await redis.eval(RELEASE, 1, name, serialize(value))) !== 1) return false;
      await untrack(name);
      return true;
    },
    async clearAll(): Promise<void> {
      let cursor = "0";
      do {
        const [next, names] = await redis.scan(cursor, "MATCH", `${prefix}*`, "COUNT", 100);
        if (names.length > 0) await redis.del(...names);
        cursor = next;
      } while (cursor !== "0");
      await redis.del(LRU, SIZES, TOTAL);
    },
    /** The lifecycle renewer: every key of the cache, data and accounting alike, gets the lifecycle TTL. */
    async renew(): Promise<void> {
      for (const pattern of [`${prefix}*`, `${nodeName}:user_cache_meta:*`]) {
        let cursor = "0";
        do {
          const [next, names] = await redis.scan(cursor, "MATCH", pattern, "COUNT", 250);
          for (const name of names) await redis.pexpire(name, lifecycleTtlMs);
          cursor = next;
        } while (cursor !== "0");
      }
    },
  };
}
