// Locks in one process's memory: for development and tests without Redis. Same functions, order and errors; one suite of
// tests holds both drivers to that. Several "instances" of one process can share a space, as instances share a Redis;
// `$cache` locks of the memory user cache are another space.

import { randomBytes } from "node:crypto";
import { createKeyspace, type Keyspace } from "../keyspace.ts";
import type { UserCache } from "../user-cache/user-cache.ts";
import { LeaseList } from "./lease-list.ts";
import { createLocksOf } from "./locks.ts";
import { readHolder, sha1 } from "./look.ts";
import type { Ask, Grant, LockStore } from "./store.ts";
import type { LockState, Locks } from "./types.ts";

/** What instances in one process share. Made by {@link createMemoryLockSpace}; look into it nowhere. */
export interface MemoryLockSpace {
  readonly locks: Map<string, { token: string; expiresAt: number }>;
  readonly lines: Map<string, { ask: Ask; since: number }[]>;
  readonly callbacks: Map<string, () => void>;
  readonly contention: Map<string, number>;
  readonly newest: Map<string, number>;
  readonly done: Set<string>;
  lastFence: number;
}

/** Options of {@link createMemoryLocks}. */
export interface MemoryLocksOptions {
  /** @default one of its own */
  readonly space?: MemoryLockSpace;
  /** Where `fencedSet` writes; without it `fencedSet` only judges. */
  readonly cache?: Pick<UserCache, "set" | "setNoExpire">;
  /** Only to name keys. @default unset mode */
  readonly keyspace?: Keyspace;
  /** 32 lower-case hex. @default random */
  readonly instanceId?: string;
}

/** As long as Redis holds a lock for somebody it was handed to. */
const CONFIRM_MS = 1_500;

export function createMemoryLockSpace(): MemoryLockSpace {
  return {
    locks: new Map(),
    lines: new Map(),
    callbacks: new Map(),
    contention: new Map(),
    newest: new Map(),
    done: new Set(),
    lastFence: 0,
  };
}

/** Opens locks that live and die with their space. */
export function createMemoryLocks(options: MemoryLocksOptions = {}): Locks {
  const { space = createMemoryLockSpace(), instanceId = randomBytes(16).toString("hex") } = options;
  return createLocksOf({ store: createMemoryStore(space, options), instanceId });
}

function createMemoryStore(space: MemoryLockSpace, options: MemoryLocksOptions): LockStore {
  const { cache, keyspace = createKeyspace(undefined) } = options;

  function find(name: string): { token: string; expiresAt: number } | undefined {
    const lock = space.locks.get(name);
    if (lock && lock.expiresAt > performance.now()) return lock;
    space.locks.delete(name);
    return undefined;
  }

  function grant({ name, holder }: Ask, ttlMs: number): Grant {
    const fence = Math.max(space.lastFence + 1, Date.now() * 1_000);
    space.lastFence = fence;
    const token = `${holder}${fence}`;
    space.locks.set(name, { token, expiresAt: performance.now() + ttlMs });
    return { token, fence, isWaitedFor: lineOf(name).length > 0 };
  }

  function lineOf(name: string): { ask: Ask; since: number }[] {
    return space.lines.get(name) ?? [];
  }

  function leaveLine({ name, holder }: Ask): void {
    const rest = lineOf(name).filter(({ ask }) => ask.holder !== holder);
    if (rest.length > 0) space.lines.set(name, rest);
    else space.lines.delete(name);
  }

  function free(name: string): void {
    space.locks.delete(name);
    const [first] = lineOf(name);
    if (!first) return;
    leaveLine(first.ask);
    grant(first.ask, Math.min(first.ask.ttlMs, CONFIRM_MS));
    space.callbacks.get(first.ask.holder)?.();
  }

  function look(name: string): LockState {
    const lock = find(name);
    const holder = readHolder(lock?.token ?? null);
    return {
      ...{ name, at: Date.now(), held: lock !== undefined, ...holder },
      value: lock?.token ?? null,
      fingerprint: lock ? sha1(lock.token) : null,
      acquiredAt: holder.fence === null ? null : Math.floor(holder.fence / 1_000),
      ttlMs: lock ? Math.ceil(lock.expiresAt - performance.now()) : -2,
      isMarked: lock !== undefined,
      waiters: lineOf(name).map(({ ask, since }) => ({ instanceId: ask.holder.split(":")[0] ?? "", since })),
      contention: space.contention.get(name) ?? 0,
    };
  }

  return {
    nameOf: (key) => keyspace.userCache(key),
    systemName: (name) => keyspace.systemLock(name),
    async acquire(ask) {
      if (!find(ask.name)) return grant(ask, ask.ttlMs);
      space.contention.set(ask.name, (space.contention.get(ask.name) ?? 0) + 1);
      return null;
    },
    async wait(ask) {
      const lock = find(ask.name);
      if (!lock || lock.token.startsWith(ask.holder)) {
        leaveLine(ask);
        return grant(ask, ask.ttlMs);
      }
      const line = lineOf(ask.name);
      if (!line.some((place) => place.ask.holder === ask.holder)) line.push({ ask, since: Date.now() });
      space.lines.set(ask.name, line);
      const ahead = line.findIndex((place) => place.ask.holder === ask.holder);
      return { ahead, leftMs: Math.ceil(lock.expiresAt - performance.now()) };
    },
    async leave(ask) {
      leaveLine(ask);
      if (find(ask.name)?.token.startsWith(ask.holder)) free(ask.name);
    },
    leases: new LeaseList(),
    opened() {},
    async extend({ name, token }, ttlMs) {
      const lock = find(name);
      if (lock?.token !== token) return false;
      lock.expiresAt = performance.now() + ttlMs;
      return true;
    },
    async release({ name, token }) {
      if (find(name)?.token !== token) return false;
      free(name);
      return true;
    },
    async fencedSet({ lock, token, fence, key, value, ttlMs }) {
      const written = space.newest.get(key) ?? 0;
      if (written > fence) return written;
      const holder = find(lock)?.token;
      const later = readHolder(holder ?? null).fence ?? 0;
      if (later > fence) return later;
      if (holder !== token) return "expired";
      await (ttlMs === 0 ? cache?.setNoExpire(key, value) : cache?.set(key, value, ttlMs));
      space.newest.set(key, fence);
      return "written";
    },
    look: async (name) => look(name),
    isDone: async (name, version) => space.done.has(`${name} ${version}`),
    async markDone(name, token, version) {
      if (find(keyspace.systemLock(name))?.token !== token) return false;
      space.done.add(`${name} ${version}`);
      return true;
    },
    async onHandedOver(holder, callback) {
      space.callbacks.set(holder, callback);
      return () => void space.callbacks.delete(holder);
    },
    async close() {},
  };
}
