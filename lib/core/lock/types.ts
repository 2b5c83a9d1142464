// What locks give and take. The thing is a lock; what `acquire` returns is a lease on it: it ends on its own.

/** One holder's lease on a lock. Losing it is normal: call {@link Lease.assertValid} before what cannot be undone. */
export interface Lease {
  /** The logical name it was acquired by. */
  readonly key: string;
  /** What Redis holds under the lock's key: unique, names the instance and the fence. */
  readonly token: string;
  /** Larger than the fence of every earlier lease in this namespace, also after Redis lost its data; below 2^53. */
  readonly fence: number;
  /** ms of Redis' clock at which it was granted. */
  readonly acquiredAt: number;
  /** Aborts when the lease is lost, before Redis lets anybody else have the lock; never because of `release`. */
  readonly signal: AbortSignal;
  /** Whether it is still ours by this machine's monotonic clock. No round trip. */
  readonly isValid: boolean;
  /** ms until it counts as lost unless it is extended; 0 once it is over. */
  readonly remainingMs: number;
  /**
   * Returns if the lease is still ours by this machine's monotonic clock; asks nobody.
   * @throws {LeaseExpired} its time is over · {@link OwnershipLost} Redis said that it was taken away, or it was released
   */
  assertValid(): void;
  /**
   * Sets the time that is left, from now.
   * @param ttlMs integer ≥ 1. @default what it was acquired with
   * @throws {LeaseExpired} {OwnershipLost} it was over already: it is never brought back · {@link StoreUnavailable}
   */
  extend(ttlMs?: number): Promise<void>;
  /**
   * Gives the lock back; whoever waits longest gets it.
   * @returns false if it was not ours any more
   * @throws {StoreUnavailable} then it ends by itself; it is not renewed any more
   */
  release(): Promise<boolean>;
}

/** How to ask for a lock. */
export interface AcquireOptions {
  /** Integer ≥ 1: when a crashed holder's lock frees itself. */
  readonly ttlMs: number;
  /** How long to wait for a lock that is held. @default 0 */
  readonly waitMs?: number;
  /** Extends by itself at about each third of the TTL, until it is released or lost. @default false (`run`: true) */
  readonly renew?: boolean;
  /** Ends the waiting; the call then throws its reason. */
  readonly signal?: AbortSignal;
  /** Called once if the lease is lost, never after `release`. */
  readonly onLost?: (loss: Error) => void;
}

/** How to run something once per version. */
export interface RunOnceOptions {
  /** Identifies what is run, such as the hash of a script: a new version runs again. 1 to 200 characters. */
  readonly version: string;
  /** Of the lease, which is renewed while it runs. @default 30000 */
  readonly ttlMs?: number;
  /** How long to wait while another instance runs it; 0 skips at once. @default 60000 */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

/** done: this version had been run already · held: another instance runs it now, or something else under this name. */
export type RunOnceResult<T> =
  | { readonly ran: true; readonly value: T }
  | { readonly ran: false; readonly because: "done" | "held" };

/** A lock at one moment; times in ms of Redis' clock. */
export interface LockState {
  /** The full name of its key in Redis. */
  readonly name: string;
  readonly at: number;
  readonly held: boolean;
  /** What the key holds, at most 1,024 bytes of it; null when it is free or no string. */
  readonly value: string | null;
  /** SHA-1 (hex) of the whole value: what a forced release compares. */
  readonly fingerprint: string | null;
  /** The instance and fence that the value names; null for holders of another program. */
  readonly instanceId: string | null;
  readonly fence: number | null;
  /** The TTL it was acquired with, ms. */
  readonly leaseMs: number | null;
  /** Null when nobody wrote it down. */
  readonly acquiredAt: number | null;
  /** As PTTL: -1 never expires, -2 free. */
  readonly ttlMs: number;
  /** Held and known to the books, so that our eviction spares it. */
  readonly isMarked: boolean;
  /** Who waits, longest first. */
  readonly waiters: readonly { readonly instanceId: string; readonly since: number }[];
  /** How often somebody met it held. */
  readonly contention: number;
}

/** Locks of one namespace, for one instance. Keys are logical names in the user cache's key space. */
export interface Locks {
  /**
   * Takes a lock; `null` if it is held and stays so for `waitMs`. A lock taken by `$cache.acquire` counts, and the reverse.
   * @throws {KeyRequired} {TtlInvalid} {InvalidInput}; {@link QuotaExceeded} if held locks fill the quota;
   * {@link StoreUnavailable}: whether it was taken is then not known, and it is given back as soon as possible
   * @see seed 001 "Acquire Lock", seed 003 lock driver
   */
  acquire(key: string, options: AcquireOptions): Promise<Lease | null>;
  /**
   * Runs `work` while holding the lock, renewed until it ends, and gives it back.
   * @throws {LockNotAcquired} (status 409); what `work` throws; the loss, if the lease was lost before `work` ended
   */
  run<T>(key: string, options: AcquireOptions, work: (lease: Lease) => T | Promise<T>): Promise<T>;
  /**
   * Runs `work` once per version in the whole cluster, under the system lock `NODE:<name>`. A holder that crashes frees
   * the lock within `ttlMs`, and then another runs it; what throws is not done and runs again.
   * @throws what `work` throws; the loss, if the lease was lost before `work` ended (then it does not count as done)
   * @see seed 000 "Bootstrap scripts"
   */
  runOnce<T>(name: string, options: RunOnceOptions, work: (lease: Lease) => T | Promise<T>): Promise<RunOnceResult<T>>;
  /**
   * Writes a user-cache value if `lease` still holds its lock and no later one has written: one script.
   * @param options.ttlMs integer ≥ 1. @default never expires
   * @throws {StaleFence} a later lease holds the lock, or has written · {@link LeaseExpired} it ended ·
   * {@link OwnershipLost} another program has it; as `cache.set`. Nothing was written then
   */
  fencedSet(
    lease: Pick<Lease, "key" | "token" | "fence">,
    key: string,
    value: unknown,
    options?: { ttlMs?: number },
  ): Promise<void>;
  /** Looks at a lock; changes nothing. */
  inspect(key: string): Promise<LockState>;
  /** The leases this instance holds. */
  held(): readonly {
    readonly key: string;
    readonly fence: number;
    readonly acquiredAt: number;
    readonly expiresAt: number;
  }[];
  /** Gives every lease back and stops waiting; further calls throw StoreUnavailable. */
  close(): Promise<void>;
}
