// The user cache in one process's memory: for development and tests without Redis. Same functions, limits, eviction and
// errors; one suite of tests holds both to that. It is shared with nobody, so locks only keep callers of this process
// apart, and there is nothing to reconcile.

import { createKeyspace, type Keyspace } from "../keyspace.ts";
import { createGetOrSet } from "./get-or-set.ts";
import { checkKey, checkLimits, checkSize, checkTtl, type Limits, noRoomBesideLocks } from "./limits.ts";
import { means, parse, serialize, serializeHolder } from "./serialization.ts";
import type { UserCache } from "./user-cache.ts";

/** Options of {@link createMemoryUserCache}. */
export interface MemoryUserCacheOptions extends Limits {
  /** Only to understand keys that are full names. @default unset mode */
  readonly keyspace?: Keyspace;
  /** Ms since the epoch. @default Date.now */
  readonly clock?: () => number;
}

interface Entry {
  readonly text: string;
  readonly bytes: number;
  /** Ms; Infinity for never. */
  readonly expiresAt: number;
  readonly isLock: boolean;
}

/** Opens a user cache that lives and dies with this object. @throws as {@link createUserCache} */
export function createMemoryUserCache(options: MemoryUserCacheOptions): UserCache {
  const { keyspace = createKeyspace(undefined), clock = Date.now } = options;
  const limits = checkLimits(options);
  const name = (key: unknown) => keyspace.userCache(checkKey(key));
  // A Map keeps the order of insertion, and whoever is used is inserted anew: the first is least recently used.
  const entries = new Map<string, Entry>();
  let totalBytes = 0;
  let sweepAt = 1_000;

  function forget(key: string): void {
    totalBytes -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  }

  function find(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (!entry) return undefined;
    entries.delete(key);
    if (entry.expiresAt <= clock()) {
      totalBytes -= entry.bytes;
      return undefined;
    }
    entries.set(key, entry);
    return entry;
  }

  function sweep(): void {
    const now = clock();
    for (const [key, { expiresAt }] of entries) if (expiresAt <= now) forget(key);
    sweepAt = Math.max(1_000, entries.size * 2);
  }

  function makeRoom(writing: string, bytes: number): void {
    const excess = () => totalBytes - (entries.get(writing)?.bytes ?? 0) + bytes - (limits.limitBytes || Infinity);
    if (entries.size >= sweepAt || excess() > 0) sweep();
    if (excess() <= 0) return;

    const others = [...entries].filter(([key]) => key !== writing);
    const held = others.reduce((sum, [, entry]) => sum + (entry.isLock ? entry.bytes : 0), 0);
    if (held + bytes > (limits.limitBytes ?? 0)) throw noRoomBesideLocks(bytes, totalBytes, limits.limitBytes ?? 0);
    for (const [key, { isLock }] of others) {
      if (excess() <= 0) return;
      if (!isLock) forget(key);
    }
  }

  function write(key: string, text: string, ttlMs: number, isLock = false): void {
    const bytes = checkSize(text, limits);
    makeRoom(key, bytes);
    forget(key);
    entries.set(key, { text, bytes, expiresAt: ttlMs > 0 ? clock() + ttlMs : Infinity, isLock });
    totalBytes += bytes;
  }

  const loads = createGetOrSet({
    async readWithTtl(key) {
      const entry = find(key);
      return entry ? { text: entry.text, leftMs: entry.expiresAt === Infinity ? -1 : entry.expiresAt - clock() } : null;
    },
    write: async (key, text, ttlMs) => write(key, text, ttlMs),
    remove: async (key) => forget(key),
  });

  function set(key: string, text: string, ttlMs: number): void {
    loads.forget(key);
    write(key, text, ttlMs);
  }

  return {
    async get<T>(key: string) {
      const entry = find(name(key));
      return entry ? (parse(entry.text) as T) : null;
    },
    set: async (key, value, ttlMs) => set(name(key), serialize(value), checkTtl(ttlMs)),
    setNoExpire: async (key, value) => set(name(key), serialize(value), 0),
    async deleteKey(key) {
      loads.forget(name(key));
      forget(name(key));
    },
    async exists(key, value) {
      const entry = find(name(key));
      return entry !== undefined && means(entry.text, value);
    },
    async acquire(key, value, ttlMs) {
      const holder = serializeHolder(value);
      checkTtl(ttlMs);
      checkSize(holder, limits);
      if (find(name(key))) return false;
      write(name(key), holder, ttlMs, true);
      return true;
    },
    async release(key, value) {
      const text = find(name(key))?.text;
      if (text !== serializeHolder(value) && text !== serialize(value)) return false;
      forget(name(key));
      return true;
    },
    async clearAll() {
      loads.forgetAll();
      entries.clear();
      totalBytes = 0;
    },
    getOrSet: async (key, load, loadOptions) => loads.getOrSet(name(key), load, loadOptions),
    async usage() {
      const now = clock();
      const all = [...entries.values()];
      const [locks, ghosts] = [all.filter(({ isLock }) => isLock), all.filter(({ expiresAt }) => expiresAt <= now)];
      return { totalBytes, ...limits, keys: all.length, locks: locks.length, ghosts: ghosts.length };
    },
    async reconcile({ signal } = {}) {
      signal?.throwIfAborted();
      const startedAt = performance.now();
      const [orphans, driftBytes] = [entries.size, totalBytes];
      sweep();
      return {
        examined: orphans,
        driftBytes: driftBytes - totalBytes,
        orphans: orphans - entries.size,
        adopted: 0,
        durationMs: performance.now() - startedAt,
      };
    },
  };
}
