// Locks in Redis: the driver, and what an application opens. Acquire and release are one script call each.

import type { Keyspace } from "../keyspace.ts";
import type { Connections } from "../redis/connections.ts";
import { checkLimits, checkSize, type Limits, noRoomBesideLocks } from "../user-cache/limits.ts";
import { bookKeys, makeRoomScript } from "../user-cache/scripts.ts";
import { serialize } from "../user-cache/serialization.ts";
import { createLeaseBooks } from "./books.ts";
import { LeaseList } from "./lease-list.ts";
import { createLocksOf } from "./locks.ts";
import { lookAtLocks } from "./look.ts";
import {
  acquireLockScript,
  endOverdueScript,
  extendLockScript,
  fencedSetScript,
  handOverScript,
  leaveLockScript,
  markDoneScript,
  releaseContendedScript,
  releaseLockScript,
  waitForLockScript,
} from "./scripts.ts";
import type { Ask, FencedOutcome, Grant, Held, LockStore } from "./store.ts";
import type { Locks } from "./types.ts";

/** Options of {@link createLocks}. */
export interface LocksOptions extends Limits {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  /** 32 lower-case hex, new for each process. */
  readonly instanceId: string;
}

/** How long the newest fence that wrote a value is remembered, in ms; a holder that old has long lost its claim. */
const FENCE_MEMORY_MS = 86_400_000;
/** Stands for a token when its size is checked. */
const TOKEN = "0".repeat(70);
/** How long a first wait may take to begin listening; later it goes on alone. */
const LISTEN_MS = 250;
const MOST_CALLS = 50_000;
/** A lock that is met held is looked at for a lease that should be over, at most so often. */
const OVERDUE_LOOK_MS = 1_000;
const MOST_LOOKED_AT = 1_000;

/**
 * Opens the locks of one namespace for one instance. Keys are user-cache keys, so that `$cache.acquire` and
 * `$cache.release` of any program exclude and are excluded.
 * @see seed 001 "Acquire Lock"; scripts acquire.lua, release.lua, lease.lua
 */
export function createLocks(options: LocksOptions): Locks {
  return createLocksOf({ store: createRedisLocks(options), instanceId: options.instanceId });
}

function createRedisLocks(options: LocksOptions): LockStore {
  const { connections, keyspace, instanceId } = options;
  const limits = checkLimits(options);
  const limit = limits.limitBytes ?? 0;
  const fitsAtAll =
    (limit === 0 || TOKEN.length <= limit) && !(limits.maxValueBytes > 0 && TOKEN.length > limits.maxValueBytes);
  const bookNames = bookKeys(keyspace);
  const fenceKey = keyspace.own("fence");
  const logKey = keyspace.own("lock", "log");
  const extensionsKey = keyspace.own("lock", "extensions");
  const queueOf = (name: string) => keyspace.own("lock", "queue", name);
  const doneKey = (name: string) => keyspace.own("once", name);
  const leases = new LeaseList<Held>();
  const books = createLeaseBooks({
    store: connections,
    keys: [...bookNames, logKey, keyspace.own("lock", "contention"), keyspace.own("lock", "others")],
    limitBytes: limit,
    leases,
  });
  const wakeUps = createWakeUps(connections, keyspace.own("lock", "wake", instanceId), waited);
  const lookedAt = new Map<string, number>();
  let highest = 0;
  let seen = "0"; // the same as text: large numbers are slow to print

  function take({ name, holder, ttlMs }: Ask): Promise<unknown> {
    return acquireLockScript.run(connections, [name, fenceKey, holder, ttlMs, seen]);
  }

  function granted({ holder }: Ask, fenceText: string, isWaitedFor: boolean): Grant {
    const fence = Number(fenceText);
    if (fence > highest) {
      highest = fence;
      seen = fenceText;
    }
    return { token: holder + fenceText, fence, isWaitedFor };
  }

  /** Somebody waits for a lease of ours, or for one that has just been given back. */
  function waited(token: string, name: string): void {
    const lease = [...leases].find((held) => held.token === token);
    if (lease) lease.isWaitedFor = true;
    else handOverScript.run(connections, [name, fenceKey]).catch(() => {});
  }

  /** Another program may rewrite TTLs (enfyra servers do, every 20 s), so that a dead holder's lock never frees itself. */
  async function endOverdue(name: string): Promise<boolean> {
    const now = performance.now();
    if (now - (lookedAt.get(name) ?? Number.NEGATIVE_INFINITY) < OVERDUE_LOOK_MS) return false;
    if (lookedAt.size >= MOST_LOOKED_AT) lookedAt.clear();
    lookedAt.set(name, now);
    return (await endOverdueScript.run(connections, [...bookNames, name, fenceKey, logKey])) === 1;
  }

  /** Only once the quota was found full: until then a lock costs no look at it. */
  async function requireRoom(name: string): Promise<void> {
    const bytes = TOKEN.length;
    for (let calls = 0; calls < MOST_CALLS; calls++) {
      const room = await makeRoomScript.run(connections, [...bookNames, name, bytes, limit]);
      if (room === "fits") {
        books.isFull = false;
        return;
      }
      if (room === "full") throw noRoomBesideLocks(bytes, limit, limit);
    }
  }

  return {
    nameOf: (key) => keyspace.userCache(key),
    systemName: (name) => keyspace.systemLock(name),
    async acquire(ask) {
      if (!fitsAtAll) checkSize(TOKEN, limits);
      if (books.isFull) await requireRoom(ask.name);
      let fence = await take(ask);
      if (fence === null && (await endOverdue(ask.name))) fence = await take(ask);
      if (fence !== null) return granted(ask, fence as string, false);
      books.contended(ask.name);
      return null;
    },
    async wait(ask) {
      const { name, holder, ttlMs } = ask;
      const [first, second] = (await waitForLockScript.run(connections, [
        ...[name, fenceKey, queueOf(name)],
        ...[holder, ttlMs, seen],
      ])) as [fence: string, waiting: number] | [ahead: number, leftMs: number];
      if (typeof first === "string") return granted(ask, first, second > 0);
      await endOverdue(name);
      return { ahead: first, leftMs: second };
    },
    async leave({ name, holder, ttlMs }) {
      await leaveLockScript.run(connections, [name, fenceKey, queueOf(name), holder, ttlMs]);
    },
    leases,
    opened() {
      books.opened();
      wakeUps.listen();
    },
    async extend({ name, token }, ttlMs) {
      const keys = [name, keyspace.userCacheMeta.exp, extensionsKey];
      return (await extendLockScript.run(connections, [...keys, token, ttlMs])) === 1;
    },
    async release(lease) {
      const { name, token, since, isEntered, isWaitedFor } = lease;
      if (isEntered || isWaitedFor) {
        const told = isEntered ? ["released", ""] : ["passed", Math.round(performance.now() - since)];
        const keys = [...bookNames, name, fenceKey, logKey];
        return (await releaseContendedScript.run(connections, [...keys, token, ...told])) === 1;
      }
      const released = releaseLockScript.run(connections, [name, token]);
      books.passed(lease);
      return (await released) === 1;
    },
    async fencedSet({ lock, token, fence, key, value, ttlMs }) {
      const text = serialize(value);
      const bytes = checkSize(text, limits);
      const args = [key, lock, keyspace.own("fenced", key), text, ttlMs, limit, token, fence, FENCE_MEMORY_MS];
      for (let calls = 0; calls < MOST_CALLS; calls++) {
        const reply = (await fencedSetScript.run(connections, [...bookNames, ...args])) as
          | Exclude<FencedOutcome, number>
          | "again"
          | "full"
          | [string];
        if (Array.isArray(reply)) return Number(reply[0]);
        if (reply === "full") break;
        if (reply !== "again") return reply;
      }
      throw noRoomBesideLocks(bytes, limit, limit);
    },
    async look(name) {
      const [state] = await lookAtLocks(connections, keyspace, [name]);
      if (!state) throw new Error("look.lua answers for each name");
      return state;
    },
    isDone: async (name, version) => (await connections.call("ZSCORE", doneKey(name), version)) !== null,
    async markDone(name, token, version) {
      return (await markDoneScript.run(connections, [keyspace.systemLock(name), doneKey(name), token, version])) === 1;
    },
    onHandedOver: wakeUps.on,
    async close() {
      books.close();
      await wakeUps.close();
    },
  };
}

/**
 * The channel on which this instance hears that a lock was handed to it, and that somebody waits for one of its leases.
 * Opened by the first lease or the first who waits; nothing depends on it but the time that somebody waits.
 */
function createWakeUps(connections: Connections, channel: string, waited: (token: string, name: string) => void) {
  const callbacks = new Map<string, () => void>();
  const stopResumed = connections.onResumed(() => {
    for (const callback of callbacks.values()) callback();
  });
  let listening: Promise<(() => Promise<void>) | undefined> | undefined;

  function hear(message: Buffer): void {
    const [what, subject = "", ...rest] = message.toString().split(" ");
    if (what === "granted") callbacks.get(subject)?.();
    if (what === "waited") waited(subject, rest.join(" "));
  }

  function listen(): Promise<unknown> {
    listening ??= connections.subscribe(channel, hear).catch(() => {
      listening = undefined;
      return undefined;
    });
    return listening;
  }

  return {
    listen,
    async on(holder: string, callback: () => void): Promise<() => void> {
      callbacks.set(holder, callback);
      await Promise.race([listen(), new Promise((resolve) => setTimeout(resolve, LISTEN_MS).unref())]);
      return () => void callbacks.delete(holder);
    },
    async close(): Promise<void> {
      stopResumed();
      callbacks.clear();
      await (await listening)?.();
    },
  };
}
