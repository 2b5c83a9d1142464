// Looks at the locks of a namespace without taking part. Locks are found by the books and by the names they are known to
// have, never by walking the keys: marked locks of the user cache, the system locks, the refresh locks of runtime caches,
// and user keys whose name says that they are one (other programs mark nothing).

import type { Keyspace } from "../keyspace.ts";
import { SYSTEM_LOCKS } from "../keyspace.ts";
import type { ScriptClient } from "../redis/scripts.ts";
import { KNOWN_CACHES } from "../reload/known-caches.ts";
import { bookKeys } from "../user-cache/scripts.ts";
import { lookAtLocks, readHolder } from "./look.ts";
import { forceReleaseScript } from "./scripts.ts";
import type { LockState } from "./types.ts";

/** user: a key of the user cache · system: one of the jobs that run once · runtime: the refresh of a runtime cache. */
export type LockKind = "user" | "system" | "runtime";

/** A lock that is held, or waited for; `key` is the full name as bytes. */
export interface ListedLock extends LockState {
  readonly key: Buffer;
  readonly kind: LockKind;
}

/** What happened to a lease; times in ms of Redis' clock. */
export interface LockEvent {
  readonly id: string;
  readonly at: number;
  readonly lock: string;
  readonly event: "acquired" | "passed" | "released" | "forced";
  readonly instanceId: string | null;
  readonly fence: number | null;
  /** passed: ms it was held · forced: by whom. */
  readonly detail: string;
}

/** Made by {@link createLockReader}. */
export interface LockReader {
  /** All held locks that are known, at most `MOST_LISTED` marked ones; `isPartial` when there are more. */
  list(): Promise<{ at: number; locks: ListedLock[]; isPartial: boolean }>;
  /** These keys changed: those that sound like locks of other programs are listed without waiting for the next search.
   * @returns whether any does, guards a snapshot, or was listed as held */
  heard(keys: readonly Buffer[]): boolean;
  /** A lock, held or free; null when the key holds something that is no lock. */
  find(key: Buffer): Promise<ListedLock | null>;
  /** What the log has on a lock, newest first. */
  history(lock: string, most: number): Promise<LockEvent[]>;
  /** The versions that `runOnce` marked as done under this system lock, newest first. */
  done(name: string, most: number): Promise<{ version: string; at: number }[]>;
  /**
   * Frees a lock, whoever holds it, if its value still has the fingerprint that was seen.
   * @returns changed: it has another value · free: nobody holds it
   */
  forceRelease(key: Buffer, seen: { fingerprint: string; by: string }): Promise<"freed" | "changed" | "free">;
}

export const MOST_LISTED = 1_000;
/** So many are looked at in one script call. */
const BATCH = 200;
/** Names of the user cache that are searched for locks nobody marked, and how long the answer is good for. */
const SEARCH = { pages: 20, pageSize: 1_000, most: 200, freshMs: 5_000 };
const LOG_PAGES = 5;
const LOG_PAGE = 1_000;

/** @throws {StoreUnavailable} {StorePermission} from every function */
export function createLockReader(options: { connections: ScriptClient; keyspace: Keyspace }): LockReader {
  const { connections, keyspace } = options;
  const { locks: marked, sizes } = keyspace.userCacheMeta;
  let search: { names: Promise<Buffer[]>; until: number } | undefined;
  /** Names that changed since the search. */
  const heard = new Map<string, Buffer>();
  /** Names of the last list: their end by expiry changes no book. */
  let listed: ReadonlySet<string> = new Set();

  async function look(keys: readonly Buffer[]): Promise<ListedLock[]> {
    const found: ListedLock[] = [];
    for (let at = 0; at < keys.length; at += BATCH) {
      const batch = keys.slice(at, at + BATCH);
      const states = await lookAtLocks(connections, keyspace, batch);
      for (const [index, state] of states.entries()) {
        const key = batch[index];
        if (key && (state.held || state.waiters.length > 0))
          found.push({ ...state, key, kind: kindOf(key.toString()) });
      }
    }
    return found;
  }

  function kindOf(name: string): LockKind {
    if (name.startsWith(keyspace.userCachePrefix)) return "user";
    return name.startsWith(keyspace.runtimeCache("")) ? "runtime" : "system";
  }

  function isUserLock(name: string): boolean {
    return name.startsWith(keyspace.userCachePrefix) && soundsLikeLock(name.slice(keyspace.userCachePrefix.length));
  }

  function isRefreshLock(name: string): boolean {
    return name.startsWith(keyspace.runtimeCache("")) && name.endsWith(":lock");
  }

  async function knownNames(): Promise<Buffer[]> {
    const [caches, others] = (await Promise.all([
      connections.call("HKEYS", keyspace.own("reload", "gen")),
      connections.call("ZRANGE", keyspace.own("lock", "others"), 0, -1),
    ])) as [string[], string[]];
    const runtime = new Set([...Object.keys(KNOWN_CACHES), ...caches].map((id) => keyspace.runtimeCache(id, "lock")));
    const system = SYSTEM_LOCKS.map((name) => keyspace.systemLock(name));
    return [...new Set([...system, ...runtime, ...others])].map((name) => Buffer.from(name));
  }

  /** Walks the book of sizes, not the keys; a large book is searched in part. */
  function unmarkedNames(): Promise<Buffer[]> {
    if (!search || search.until < performance.now()) {
      heard.clear();
      search = { names: searchBook(), until: performance.now() + SEARCH.freshMs };
    }
    search.names.catch(() => {
      search = undefined;
    });
    return search.names;
  }

  async function searchBook(): Promise<Buffer[]> {
    const names: Buffer[] = [];
    let cursor = "0";
    for (let page = 0; page < SEARCH.pages && names.length < SEARCH.most; page++) {
      const reply = await connections.callBuffer(
        "HSCAN",
        sizes,
        cursor,
        "MATCH",
        "*[Ll]ock*",
        "COUNT",
        SEARCH.pageSize,
      );
      const [next, pairs] = reply as [Buffer, Buffer[]];
      for (let at = 0; at < pairs.length; at += 2) {
        const name = pairs[at];
        if (name && isUserLock(name.toString())) names.push(name);
      }
      cursor = next.toString();
      if (cursor === "0") break;
    }
    return names;
  }

  return {
    async list() {
      const [members, known, unmarked] = await Promise.all([
        connections.callBuffer("ZREVRANGE", marked, 0, MOST_LISTED) as Promise<Buffer[]>,
        knownNames(),
        unmarkedNames(),
      ]);
      const isPartial = members.length > MOST_LISTED;
      const names = [...members.slice(0, MOST_LISTED), ...known, ...unmarked, ...heard.values()];
      const once = new Map(names.map((name) => [name.toString("latin1"), name]));
      const locks = await look([...once.values()]);
      listed = new Set(locks.map(({ key }) => key.toString("latin1")));
      return { at: locks[0]?.at ?? Date.now(), locks, isPartial };
    },
    heard(keys) {
      let isConcerned = false;
      for (const key of keys) {
        const [name, id] = [key.toString(), key.toString("latin1")];
        const isUnmarked = isUserLock(name);
        if (isUnmarked && heard.size < SEARCH.most) heard.set(id, key);
        isConcerned ||= isUnmarked || isRefreshLock(name) || listed.has(id);
      }
      return isConcerned;
    },
    async find(key) {
      const [state] = await lookAtLocks(connections, keyspace, [key]);
      if (!state) return null;
      const name = key.toString();
      const lock: ListedLock = { ...state, key, kind: kindOf(name) };
      if (!lock.held || lock.isMarked || lock.fence !== null || lock.waiters.length > 0) return lock;
      const isKnown = lock.kind !== "user" && (await knownNames()).some((known) => known.equals(key));
      return isKnown || soundsLikeLock(name.slice(keyspace.userCachePrefix.length)) ? lock : null;
    },
    async history(lock, most) {
      const events: LockEvent[] = [];
      let before = "+";
      for (let page = 0; page < LOG_PAGES && events.length < most; page++) {
        const rows = (await connections.call(
          ...["XREVRANGE", keyspace.own("lock", "log"), before, "-", "COUNT"],
          LOG_PAGE,
        )) as [id: string, fields: string[]][];
        events.push(...rows.map(toEvent).filter((event) => event.lock === lock));
        const last = rows.at(-1);
        if (!last || rows.length < LOG_PAGE) break;
        before = `(${last[0]}`;
      }
      return events.slice(0, most);
    },
    async done(name, most) {
      const reply = await connections.call("ZREVRANGE", keyspace.own("once", name), 0, most - 1, "WITHSCORES");
      const pairs = (reply as (string | string[])[]).flat(); // one list or many, by the protocol
      return pairs.flatMap((version, at) => (at % 2 === 0 ? [{ version, at: Number(pairs[at + 1]) }] : []));
    },
    async forceRelease(key, { fingerprint, by }) {
      const names = [...bookKeys(keyspace), key, keyspace.own("fence"), keyspace.own("lock", "log")];
      const reply = await forceReleaseScript.run(connections, [...names, fingerprint, by]);
      return reply === 1 ? "freed" : reply === 0 ? "changed" : "free";
    },
  };
}

/** `order-lock:7`, `lock:a`, `jobLock`; not `block` or `clockwork`. */
export function soundsLikeLock(name: string): boolean {
  return /(?:^|[^a-zA-Z])[Ll]ocks?(?:[^a-z]|$)|[a-z]Locks?(?:[^a-z]|$)/.test(name);
}

function toEvent([id, fields]: [id: string, fields: string[]]): LockEvent {
  const read = (field: string) => fields[fields.indexOf(field) + 1] ?? "";
  const { instanceId, fence } = readHolder(read("t"));
  return {
    ...{ id, at: Number.parseInt(id, 10), lock: read("l"), event: read("e") as LockEvent["event"] },
    ...{ instanceId, fence },
    detail: read("d"),
  };
}
