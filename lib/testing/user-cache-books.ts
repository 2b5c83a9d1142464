// Reads the user cache's books and the keys they speak of, so that tests can compare the two.

import type { Redis } from "ioredis";
import { expect } from "vitest";
import type { Keyspace } from "../core/keyspace.ts";

/** Full key names throughout. */
export interface Books {
  readonly totalBytes: number;
  readonly sizes: Record<string, number>;
  readonly lru: string[];
  readonly expiries: Record<string, number>;
  readonly locks: string[];
  /** Bytes of the string keys that exist. */
  readonly real: Record<string, number>;
  /** When they expire, ms; -1 for never. */
  readonly ends: Record<string, number>;
  /** Sum of `sizes`. */
  readonly countedBytes: number;
  /** Sum of `real`. */
  readonly realBytes: number;
}

/** Names, lengths and ends of one instant: a value that expires in between must not look empty. */
const KEYS_NOW = `
local found = {}
for _, name in ipairs(redis.call("KEYS", "*")) do
  if string.sub(name, 1, #ARGV[1]) == ARGV[1] and redis.call("TYPE", name).ok == "string" then
    found[#found + 1] = name
    found[#found + 1] = redis.call("STRLEN", name)
    found[#found + 1] = redis.call("PEXPIRETIME", name)
  end
end
return found`;

export async function readBooks(redis: Redis, keyspace: Keyspace): Promise<Books> {
  const { lru, sizes, total, exp, locks } = keyspace.userCacheMeta;
  const found = (await redis.eval(KEYS_NOW, 0, keyspace.userCachePrefix)) as (string | number)[];
  const real: Record<string, number> = {};
  const ends: Record<string, number> = {};
  for (let at = 0; at < found.length; at += 3) {
    real[String(found[at])] = Number(found[at + 1]);
    ends[String(found[at])] = Number(found[at + 2]);
  }
  const scored = (await redis.zrange(exp, 0, "-1", "WITHSCORES")).flat();
  const expiries: Record<string, number> = {};
  for (let at = 0; at < scored.length; at += 2) expiries[String(scored[at])] = Number(scored[at + 1]);
  const counted = Object.entries(await redis.hgetall(sizes)).map(([name, bytes]) => [name, Number(bytes)] as const);
  return {
    totalBytes: Number((await redis.get(total)) ?? 0),
    sizes: Object.fromEntries(counted),
    lru: await redis.zrange(lru, 0, "-1"),
    expiries,
    locks: await redis.zrange(locks, 0, "-1"),
    real,
    ends,
    countedBytes: counted.reduce((sum, [, bytes]) => sum + bytes, 0),
    realBytes: Object.values(real).reduce((sum, bytes) => sum + bytes, 0),
  };
}

/** The books say exactly what is there: no drift, no orphan, no stranger. */
export async function expectExactBooks(redis: Redis, keyspace: Keyspace): Promise<Books> {
  const books = await readBooks(redis, keyspace);
  expect(books.sizes).toEqual(books.real);
  expect(books.totalBytes).toBe(books.realBytes);
  expect(books.lru.sort()).toEqual(Object.keys(books.real).sort());
  for (const name of [...Object.keys(books.expiries), ...books.locks]) expect(books.real).toHaveProperty([name]);
  for (const [name, end] of Object.entries(books.ends)) {
    if (end === -1) expect(books.expiries).not.toHaveProperty([name]);
    else expect(Math.abs((books.expiries[name] ?? 0) - end)).toBeLessThanOrEqual(1);
  }
  return books;
}
