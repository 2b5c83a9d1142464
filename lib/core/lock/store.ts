// What a driver of locks does: one step each, no waiting, no timers of leases. Both drivers keep to it, and
// `createLocksOf` makes locks of it.

import type { LeaseList, Linked } from "./lease-list.ts";
import type { Lease, LockState } from "./types.ts";

/** Somebody asks for a lock. */
export interface Ask {
  /** The full name of the lock's key. */
  readonly name: string;
  /** `<instance>:<nonce>:`, unique for each ask: what the token will begin with. */
  readonly holder: string;
  readonly ttlMs: number;
}

/** The lock was given. */
export interface Grant {
  readonly token: string;
  readonly fence: number;
  /** Somebody waits for it already. */
  readonly isWaitedFor: boolean;
}

/** A place in the line before a lock. */
export interface Place {
  /** How many stand before. */
  readonly ahead: number;
  /** ms until the lock frees itself; -1 never. */
  readonly leftMs: number;
}

/** A lease as drivers see it; the last two are the driver's own notes. */
export interface Held
  extends Pick<Lease, "key" | "token" | "fence" | "acquiredAt" | "isValid" | "release">,
    Linked<Held> {
  readonly name: string;
  /** ms of Redis' clock at which it ends unless it is extended. */
  readonly expiresAt: number;
  /** When it was asked for, ms of the monotonic clock. */
  readonly since: number;
  isWaitedFor: boolean;
  isEntered: boolean;
}

/** A write under a lease. */
export interface FencedWrite {
  readonly lock: string;
  readonly token: string;
  readonly fence: number;
  readonly key: string;
  readonly value: unknown;
  /** 0 never expires. */
  readonly ttlMs: number;
}

/** written · expired: the lock is free · taken: another program holds it · a number: that later fence holds it, or wrote. */
export type FencedOutcome = "written" | "expired" | "taken" | number;

/** @throws {StoreUnavailable} {StorePermission} from every function that answers a promise */
export interface LockStore {
  /** The key of a lock by its logical name. */
  nameOf(key: string): string;
  /** The key of a system lock. */
  systemName(name: string): string;
  /** Takes the lock if it is free. @throws {QuotaExceeded} {ValueTooLarge} */
  acquire(ask: Ask): Promise<Grant | null>;
  /** Takes it if it is free or was handed to this ask; else stands in line, or stays there. */
  wait(ask: Ask): Promise<Grant | Place>;
  /** Takes the ask back, whatever became of it. */
  leave(ask: Ask): Promise<void>;
  /** The leases that live; whoever lends them keeps it. */
  readonly leases: LeaseList<Held>;
  /** A lease was added. */
  opened(): void;
  /** @returns false if it does not hold the lock any more */
  extend(lease: Held, ttlMs: number): Promise<boolean>;
  /** Gives the lock back, to whoever waits. @returns false if it did not hold it any more */
  release(lease: Held): Promise<boolean>;
  fencedSet(write: FencedWrite): Promise<FencedOutcome>;
  look(name: string): Promise<LockState>;
  /** Whether a version was marked as done. */
  isDone(name: string, version: string): Promise<boolean>;
  /** Marks it if the token still holds the system lock. @returns whether it does */
  markDone(name: string, token: string, version: string): Promise<boolean>;
  /**
   * Calls back when the lock may have been handed to this ask. Resolves once it listens, or could not; what is missed is
   * found by asking again.
   */
  onHandedOver(holder: string, callback: () => void): Promise<() => void>;
  close(): Promise<void>;
}
