// The user cache: values that handlers keep under NODE:user_cache:*, shared by every instance of a cluster, within a
// quota of bytes that Redis itself knows nothing of.
//
// Every operation is one atomic script and one round trip. Further calls are made by a read that finds an expired value
// still counted, or a value nobody counted yet; and, so that no script is long, by a write that must evict more than one
// batch (it makes room before it writes) and for values above 256 KB (they travel by themselves). Other programs may
// write the same keys by the documented several-round-trip algorithm: all they do is understood, and what they miscount
// is found by `reconcile`.
//
// Not promised: that a value stays until its TTL (the quota evicts the least recently used), that a foreign program
// spares our locks or leaves TTLs alone, that a lock is fenced (losing it is normal: it expires on its own).

import type { Keyspace } from "../keyspace.ts";
import { clearAll } from "./clear-all.ts";
import { createGetOrSet, type GetOrSetOptions } from "./get-or-set.ts";
import { checkKey, checkLimits, checkTtl, type Limits } from "./limits.ts";
import type { UserCopies } from "./local-values.ts";
import { type ReconcileOptions, type Reconciliation, reconcile } from "./reconcile.ts";
import { createRedisValues } from "./redis-values.ts";
import type { UserCacheStore } from "./scan-keys.ts";
import { means, parse, serialize, serializeHolder } from "./serialization.ts";

/** Options of {@link createUserCache}. */
export interface UserCacheOptions extends Limits {
  /** Redis; give Connections where there may be several nodes. */
  readonly store: UserCacheStore;
  readonly keyspace: Keyspace;
  /** Copies in this process that are asked first. @default none: every read asks Redis */
  readonly l1?: UserCopies | undefined;
}

/** What the books say now. */
export interface UserCacheUsage {
  /** Bytes counted: the values, not names or overhead. Between our own writers never above `limitBytes`. */
  readonly totalBytes: number;
  readonly limitBytes: number | null;
  readonly maxValueBytes: number;
  /** Keys counted, ghosts included. */
  readonly keys: number;
  /** Locks taken by `acquire` and not known to be gone. */
  readonly locks: number;
  /** Keys still counted though they expired; they leave before anybody is evicted. */
  readonly ghosts: number;
}

/** See {@link createUserCache}; keys are logical names such as `user:123`, TTLs are in ms. */
export interface UserCache {
  /**
   * Reads a value and counts as a use of it.
   * @returns the value, or null if absent (a stored null reads the same)
   * @see seed 001 "Get Cached Value"
   */
  get<T = unknown>(key: string): Promise<T | null>;

  /**
   * Writes a value that expires, evicting least recently used values if the quota demands it.
   * @param value whatever JSON can say; strings come back as strings, also "123"
   * @param ttlMs integer ≥ 1
   * @throws {ValueTooLarge} above the value cap or the whole quota; {@link QuotaExceeded} if held locks leave no room;
   * {@link TtlInvalid}; {@link KeyRequired}; {@link InvalidInput}. Nothing was written then, and nobody evicted
   * @see seed 001 "Set Cached Value with TTL"
   */
  set(key: string, value: unknown, ttlMs: number): Promise<void>;

  /**
   * Writes a value that never expires; the quota may still evict it.
   * @throws as `set`
   * @see seed 001 "Set Cached Value Without Expiration"
   */
  setNoExpire(key: string, value: unknown): Promise<void>;

  /** Removes a value, or a lock whoever holds it; an absent key is fine. @see seed 001 "Delete Cache Key" */
  deleteKey(key: string): Promise<void>;

  /**
   * Whether the key is present with this very value (objects by content, whatever the order of their keys). Counts as
   * a use.
   * @see seed 001 "Check if Key Exists"
   */
  exists(key: string, value: unknown): Promise<boolean>;

  /**
   * Takes a lock if the key is free. It counts in the quota and is not evicted by us while it is held.
   * @param value names the holder; whoever knows it can release
   * @param ttlMs integer ≥ 1: when a crashed holder's lock frees itself
   * @returns false if the key exists, with its value untouched
   * @throws as `set`
   * @see seed 001 "Acquire Lock"
   */
  acquire(key: string, value: unknown, ttlMs: number): Promise<boolean>;

  /** Gives a lock back. @returns false if `value` does not hold it (any more) @see seed 001 "Release Lock" */
  release(key: string, value: unknown): Promise<boolean>;

  /** Removes every user key and nothing else, in small steps; keys written meanwhile may stay. */
  clearAll(): Promise<void>;

  /**
   * Reads a value, or loads and writes it. In one process, callers who miss together share one load.
   * @param load null or undefined is handed out but not kept: it could not be told from a miss
   * @returns the value as a later read would give it (a Date is a string)
   * @throws what `load` throws, unless a stale value may be served (see {@link GetOrSetOptions})
   */
  getOrSet<T>(key: string, load: () => T | Promise<T>, options: GetOrSetOptions): Promise<T | null>;

  /** What the books say; changes nothing. */
  usage(): Promise<UserCacheUsage>;

  /**
   * Finds and repairs what other writers left: wrong sizes, ghosts, keys nobody counts, a wrong total. Works in steps
   * of about a millisecond, while everybody keeps writing; among our own writers the result is exact.
   * @throws {ReconcileRunning} if another one is at work in this namespace; `signal`'s reason when aborted
   */
  reconcile(options?: ReconcileOptions): Promise<Reconciliation>;
}

/**
 * Opens the user cache of one namespace. Holds no connection and no timer of its own.
 * @throws {InvalidInput} for limits that are no integers ≥ 0
 * @see seed 001; script accounting.lua
 */
export function createUserCache({ store, keyspace, l1, ...limits }: UserCacheOptions): UserCache {
  const stored = createRedisValues(store, keyspace, checkLimits(limits));
  const values = l1?.wrap(stored) ?? stored;
  const loads = createGetOrSet(values);
  const name = (key: unknown) => keyspace.userCache(checkKey(key));

  async function set(key: string, text: string, ttlMs: number): Promise<void> {
    loads.forget(key);
    await values.write(key, text, ttlMs);
  }

  return {
    async get<T>(key: string) {
      const full = name(key);
      const copy = l1?.value(full);
      if (copy) return copy.value as T | null;
      const text = await values.read(full);
      return text === null ? null : (parse(text) as T);
    },
    set: async (key, value, ttlMs) => set(name(key), serialize(value), checkTtl(ttlMs)),
    setNoExpire: async (key, value) => set(name(key), serialize(value), 0),
    async deleteKey(key) {
      loads.forget(name(key));
      await values.remove(name(key));
    },
    async exists(key, value) {
      const text = await values.read(name(key));
      return text !== null && means(text, value);
    },
    acquire: async (key, value, ttlMs) => values.acquire(name(key), serializeHolder(value), checkTtl(ttlMs)),
    release: async (key, value) => values.release(name(key), serializeHolder(value), serialize(value)),
    async clearAll() {
      loads.forgetAll();
      await clearAll(store, keyspace).finally(() => l1?.clear());
    },
    getOrSet: async (key, load, options) => loads.getOrSet(name(key), load, options),
    usage: () => values.usage(),
    reconcile: (options) => reconcile(store, keyspace, options),
  };
}
