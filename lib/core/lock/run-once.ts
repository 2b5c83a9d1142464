// Work that must be done once per version in the whole cluster, such as a bootstrap script. A lock alone is not enough:
// who comes after the holder is through would run it again. So the holder leaves a mark, in the same step in which Redis
// checks that it still holds the lock; a holder that crashes leaves none, its lock frees itself, and another runs it.

import { InvalidInput, OwnershipLost } from "../errors.ts";
import type { LockStore } from "./store.ts";
import type { AcquireOptions, Lease, Locks, RunOnceOptions, RunOnceResult } from "./types.ts";

const DEFAULTS = { ttlMs: 30_000, waitMs: 60_000 };
const NAME = /^[A-Za-z0-9][A-Za-z0-9:._-]{0,127}$/;

type AcquireNamed = (key: string, name: string, options: AcquireOptions) => Promise<Lease | null>;

export function createRunOnce(store: LockStore, acquire: AcquireNamed): Locks["runOnce"] {
  async function runUnder<T>(
    lease: Lease,
    name: string,
    version: string,
    work: (lease: Lease) => T | Promise<T>,
  ): Promise<RunOnceResult<T>> {
    if (await store.isDone(name, version)) return { ran: false, because: "done" };
    const value = await work(lease);
    lease.assertValid();
    if (!(await store.markDone(name, lease.token, version)))
      throw new OwnershipLost(name, "somebody else took the lock while it ran");
    return { ran: true, value };
  }

  return async (name, options, work) => {
    const { version, ttlMs, waitMs, signal } = { ...DEFAULTS, ...checked(name, options) };
    if (await store.isDone(name, version)) return { ran: false, because: "done" };
    const asking = { ttlMs, waitMs, renew: true, ...(signal && { signal }) };
    const lease = await acquire(name, store.systemName(name), asking);
    if (!lease) return { ran: false, because: (await store.isDone(name, version)) ? "done" : "held" };
    try {
      return await runUnder(lease, name, version, work);
    } finally {
      await lease.release().catch(() => false);
    }
  };
}

function checked(name: string, options: RunOnceOptions): RunOnceOptions {
  if (typeof name !== "string" || !NAME.test(name))
    throw new InvalidInput("Expected `name` to be 1 to 128 letters, digits, or one of : . _ -");
  const { version } = options;
  if (typeof version !== "string" || version.length < 1 || version.length > 200)
    throw new InvalidInput("Expected `version` to be 1 to 200 characters");
  return options;
}
