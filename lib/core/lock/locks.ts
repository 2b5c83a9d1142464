// Locks for one instance, over any driver: leases that know when they end, waiting, and work that runs under a lock.
//
// A lock is advisory and expires on its own, so a holder can lose it without noticing (stopped, cut off). Three things
// protect what the lock is for, each alone enough for what it covers: the lease knows its deadline without asking
// (`assertValid`), its signal aborts before anybody else can have the lock, and its fence lets the protected resource
// refuse a holder that was succeeded (`fencedSet`, or `WHERE fence <= $n` in SQL: see the README).
//
// Not promised: mutual exclusion by the lock alone, for a holder that checks nothing. Fairness against programs that take
// locks without standing in line.

import { InvalidInput, LeaseExpired, LockNotAcquired, OwnershipLost, StaleFence, StoreUnavailable } from "../errors.ts";
import { checkKey, checkTtl } from "../user-cache/limits.ts";
import { HeldLease, type LeaseHome } from "./lease.ts";
import { createRunOnce } from "./run-once.ts";
import type { Ask, Grant, LockStore } from "./store.ts";
import type { AcquireOptions, Lease, Locks } from "./types.ts";
import { takeBack, waitInLine } from "./wait.ts";

/** What locks are made of. */
export interface LockParts {
  readonly store: LockStore;
  /** 32 lower-case hex. */
  readonly instanceId: string;
  /** Monotonic ms. @default performance.now */
  readonly clock?: () => number;
}

/** Makes locks of a driver; applications use `createCluster` or `createMemoryLocks`. */
export function createLocksOf({ store, instanceId, clock = () => performance.now() }: LockParts): Locks {
  const { leases } = store;
  const home: LeaseHome = { store, clock, ended: (lease) => leases.delete(lease) };
  const closing = new AbortController();
  // Unique in this process, and by the instance id in the cluster; the start differs should an id be used again. The TTL
  // stands behind it, so that whoever sees a lock knows how much of its time is left.
  const holderStart = `${instanceId}:${Math.floor(Math.random() * 2 ** 32).toString(36)}-`;
  let asked = 0;

  /** @param systemName of a system lock; a user key is named by `key` */
  async function acquireNamed(key: string, systemName: string | null, options: AcquireOptions): Promise<Lease | null> {
    const name = systemName ?? store.nameOf(checkKey(key));
    const { ttlMs, waitMs = 0, signal } = options;
    checkTtl(ttlMs);
    if (waitMs !== 0) checkWait(waitMs);
    signal?.throwIfAborted();
    if (closing.signal.aborted) throw closing.signal.reason;
    const ask: Ask = { name, holder: `${holderStart}${++asked}.${ttlMs.toString(36)}:`, ttlMs };
    const sentAt = clock();
    let grant: Grant | null;
    try {
      grant = await store.acquire(ask);
    } catch (error) {
      takeBack(store, ask, { signal: closing.signal, clock });
      throw error;
    }
    if (grant) return lend(key, name, options, grant, sentAt);
    if (waitMs === 0) return null;
    const ending = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
    const granted = await waitInLine(store, ask, { waitMs, signal: ending, closing: closing.signal, clock });
    return granted && lend(key, name, options, granted.grant, granted.sentAt);
  }

  function lend(key: string, name: string, options: AcquireOptions, grant: Grant, sentAt: number): Lease {
    const { ttlMs, renew = false, onLost } = options;
    const lease = new HeldLease(home, { key, name, ttlMs, renew, onLost }, grant, sentAt);
    leases.add(lease);
    store.opened();
    return lease;
  }

  async function run<T>(key: string, options: AcquireOptions, work: (lease: Lease) => T | Promise<T>): Promise<T> {
    const startedAt = clock();
    const lease = await acquire(key, { renew: true, ...options });
    if (!lease) throw new LockNotAcquired(key, Math.round(clock() - startedAt));
    try {
      const result = await work(lease);
      lease.assertValid();
      return result;
    } finally {
      // The work is over; a lock that cannot be given back now ends by itself.
      await lease.release().catch(() => false);
    }
  }

  const acquire: Locks["acquire"] = (key, options) => acquireNamed(key, null, options);

  return {
    acquire,
    run,
    runOnce: createRunOnce(store, acquireNamed),
    async fencedSet({ key: lockKey, token, fence }, key, value, { ttlMs } = {}) {
      const lock = store.nameOf(checkKey(lockKey));
      const name = store.nameOf(checkKey(key));
      if (name === lock) throw new InvalidInput("Expected `key` to be another key than the lock");
      const write = { lock, token, fence, key: name, value, ttlMs: ttlMs === undefined ? 0 : checkTtl(ttlMs) };
      const outcome = await store.fencedSet(write);
      if (typeof outcome === "number") throw new StaleFence(lockKey, fence, outcome);
      if (outcome === "expired") throw new LeaseExpired(lockKey);
      if (outcome === "taken") throw new OwnershipLost(lockKey, "another program holds the lock");
    },
    inspect: async (key) => store.look(store.nameOf(checkKey(key))),
    held: () =>
      [...leases]
        .filter(({ isValid }) => isValid)
        .map(({ key, fence, acquiredAt, expiresAt }) => ({ key, fence, acquiredAt, expiresAt })),
    async close() {
      closing.abort(new StoreUnavailable("closed"));
      await Promise.allSettled([...leases].map((lease) => lease.release()));
      await store.close();
    },
  };
}

function checkWait(waitMs: number): void {
  if (typeof waitMs === "number" && waitMs >= 0 && Number.isFinite(waitMs)) return;
  throw new InvalidInput(`Expected \`waitMs\` to be a number of ms ≥ 0, got ${waitMs}`);
}
