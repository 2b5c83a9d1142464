// Serialized values under full key names, in Redis, with the books kept: what the user cache's functions are made of.

import type { Keyspace } from "../keyspace.ts";
import type { Script, ScriptClient } from "../redis/scripts.ts";
import { checkSize, type Limits, noRoomBesideLocks } from "./limits.ts";
import {
  acquireScript,
  bookKeys,
  deleteScript,
  getScript,
  makeRoomScript,
  readScript,
  releaseScript,
  setScript,
  setStagedScript,
  usageScript,
} from "./scripts.ts";
import { stagedValueLost, stageValue } from "./staged-value.ts";

/** Values above this stay out of Lua, which copies them (1 MB: 1.4 ms, 4 MB: 5.4 ms); get.lua and read.lua agree. */
const LARGE_BYTES = 256 * 1024;
/** More calls than any write needs to make room (100 keys leave per call): a stop for a fight that nobody wins. */
const MOST_CALLS = 50_000;

/** One read in so many keeps other writers' TTLs off the books; writes do it anyway. */
const MINDED = 16;

/** What get.lua and read.lua answer besides a value or nothing. */
const NOT_ORDINARY = 0;
type ReadReply = string | null | typeof NOT_ORDINARY;

/** Numbers in the order usage.lua answers them. */
type UsageReply = [totalBytes: number, keys: number, locks: number, ghosts: number];

/**
 * The operations on serialized values; keys are full names, TTLs in ms.
 * @throws {StoreUnavailable} {StorePermission} (all), {ValueTooLarge} {QuotaExceeded} (write, acquire)
 */
export function createRedisValues(store: ScriptClient, keyspace: Keyspace, limits: Required<Limits>) {
  const books = bookKeys(keyspace);
  const { lru } = keyspace.userCacheMeta;
  const limit = limits.limitBytes ?? 0;
  let reads = 0;
  const run = (script: Script, key: string, ...args: (string | number)[]) =>
    script.run(store, [...books, key, ...args]);

  async function usage() {
    const [totalBytes, keys, locks, ghosts] = (await usageScript.run(store, books)) as UsageReply;
    return { totalBytes, ...limits, keys, locks, ghosts };
  }

  /** Runs a script that writes `bytes`, making room in further calls while it answers "again". */
  async function whenRoom(key: string, bytes: number, attempt: () => Promise<unknown>): Promise<unknown> {
    let answer = await attempt();
    for (let calls = 1; answer === "again" || answer === "full"; calls++) {
      if (answer === "full" || calls > MOST_CALLS) throw noRoomBesideLocks(bytes, (await usage()).totalBytes, limit);
      answer = await run(makeRoomScript, key, bytes, limit);
      if (answer === "fits") answer = await attempt();
    }
    return answer;
  }

  /** `ttlMs` 0 never expires. */
  async function write(key: string, text: string, ttlMs: number): Promise<void> {
    const bytes = checkSize(text, limits);
    if (bytes > LARGE_BYTES) await writeLarge(key, text, bytes, ttlMs);
    else await whenRoom(key, bytes, () => run(setScript, key, text, ttlMs, limit));
  }

  async function writeLarge(key: string, text: string, bytes: number, ttlMs: number): Promise<void> {
    const staged = await stageValue(store, keyspace, text);
    try {
      const answer = await whenRoom(key, bytes, () => run(setStagedScript, key, staged.name, ttlMs, limit));
      if (answer === "lost") throw stagedValueLost();
    } catch (error) {
      await staged.drop();
      throw error;
    }
  }

  function read(key: string): Promise<string | null> {
    if (reads++ % MINDED === 0) return readAnything(key);
    return getScript
      .run(store, [lru, key])
      .then((reply) => (reply === NOT_ORDINARY ? readAnything(key) : (reply as string | null)));
  }

  async function readAnything(key: string): Promise<string | null> {
    const reply = (await run(readScript, key)) as ReadReply;
    return reply === NOT_ORDINARY ? ((await store.call("GET", key)) as string | null) : reply;
  }

  return {
    usage,
    write,
    read,
    /** The value and the ms it has left, -1 for ever. */
    async readWithTtl(key: string): Promise<{ text: string; leftMs: number } | null> {
      const [text, leftMs] = await Promise.all([read(key), store.call("PTTL", key)]); // two commands, one round trip
      return text === null ? null : { text, leftMs: Number(leftMs) };
    },
    async remove(key: string): Promise<void> {
      await run(deleteScript, key);
    },
    async acquire(key: string, holder: string, ttlMs: number): Promise<boolean> {
      const bytes = checkSize(holder, limits);
      return (await whenRoom(key, bytes, () => run(acquireScript, key, holder, ttlMs, limit))) === "acquired";
    },
    /** `forms`: the holder as `acquire` writes it, and as `set` would. */
    async release(key: string, ...forms: [raw: string, encoded: string]): Promise<boolean> {
      return (await run(releaseScript, key, ...forms)) === 1;
    },
  };
}
