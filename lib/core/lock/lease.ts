// A lease as its holder sees it: how long it is surely ours, and the one moment when it is not any more.
//
//   held ──release──▶ released
//     │◀─extended─┐
//     ├───────────┘
//     └──its time ends, or Redis says it is not ours──▶ lost: signal aborts, onLost is called, for ever
//
// The deadline is this machine's monotonic clock, which goes on while the process is stopped: who was stopped too long is
// refused by the first thing they ask. It counts from before the request was sent and ends before Redis' TTL does, so
// that nobody else can have the lock while we believe to hold it (as long as the clocks tick alike within half a
// percent). A system that sleeps may stop that clock; only a fence protects from that.

import { LeaseExpired, OwnershipLost } from "../errors.ts";
import { checkTtl } from "../user-cache/limits.ts";
import type { Grant, Held, LockStore } from "./store.ts";
import type { Lease } from "./types.ts";

/** The longest delay a timer of Node can have. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** What all leases of one instance share. */
export interface LeaseHome {
  readonly store: Pick<LockStore, "extend" | "release">;
  /** Monotonic ms. */
  readonly clock: () => number;
  /** Told once of each lease, when it is released or lost. */
  readonly ended: (lease: HeldLease) => void;
}

/** What a lease is made of; `sentAt`: when the request was sent that was granted, ms of the clock. */
export interface LeaseParts {
  readonly key: string;
  readonly name: string;
  readonly ttlMs: number;
  readonly renew: boolean;
  readonly onLost: ((loss: Error) => void) | undefined;
}

/** How long a TTL is surely ours: something is left for clocks that differ and for whoever must stop working. */
export function validFor(ttlMs: number): number {
  return ttlMs - Math.max(Math.min(ttlMs / 10, 1_000), ttlMs / 200);
}

export class HeldLease implements Lease, Held {
  readonly token: string;
  readonly fence: number;
  readonly since: number;
  isWaitedFor: boolean;
  isEntered = false;
  next: Held | undefined;
  previous: Held | undefined;
  readonly #home: LeaseHome;
  readonly #parts: LeaseParts;
  #ttlMs: number;
  #sentAt: number;
  #validUntil: number;
  #released: Promise<boolean> | undefined;
  #loss: Error | undefined;
  #controller: AbortController | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #renewal: NodeJS.Timeout | undefined;

  constructor(home: LeaseHome, parts: LeaseParts, grant: Grant, sentAt: number) {
    this.token = grant.token;
    this.fence = grant.fence;
    this.since = sentAt;
    this.isWaitedFor = grant.isWaitedFor;
    this.#home = home;
    this.#parts = parts;
    this.#ttlMs = parts.ttlMs;
    this.#sentAt = sentAt;
    this.#validUntil = sentAt + validFor(parts.ttlMs);
    if (parts.renew) this.#renewLater();
    if (parts.onLost) this.#watchDeadline();
  }

  get key(): string {
    return this.#parts.key;
  }

  get name(): string {
    return this.#parts.name;
  }

  get acquiredAt(): number {
    return Math.floor(this.fence / 1_000);
  }

  /** ms of Redis' clock at which it ends unless it is extended. */
  get expiresAt(): number {
    return Math.round(this.acquiredAt + this.#sentAt - this.since + this.#ttlMs);
  }

  get isValid(): boolean {
    return this.#end() === undefined;
  }

  get remainingMs(): number {
    return this.isValid ? this.#validUntil - this.#home.clock() : 0;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#loss) this.#controller.abort(this.#loss);
      else this.#watchDeadline();
    }
    this.#end();
    return this.#controller.signal;
  }

  assertValid(): void {
    const end = this.#end();
    if (end) throw end;
  }

  async extend(ttlMs: number = this.#ttlMs): Promise<void> {
    checkTtl(ttlMs);
    this.assertValid();
    const { store, clock } = this.#home;
    const sentAt = clock();
    const isOurs = await store.extend(this, ttlMs);
    if (!isOurs) this.#lose(new OwnershipLost(this.key, "Redis has another holder or none"));
    const end = this.#loss ?? this.#afterRelease();
    if (end) throw end;
    this.#ttlMs = ttlMs;
    this.#sentAt = sentAt;
    this.#validUntil = sentAt + validFor(ttlMs);
    if (this.#deadline) this.#watchDeadline();
    if (this.#parts.renew) this.#renewLater();
  }

  release(): Promise<boolean> {
    this.#released ??= this.#giveBack();
    return this.#released;
  }

  #giveBack(): Promise<boolean> {
    // Sent first: what is left to do here is done while Redis works.
    const released = this.#home.store.release(this);
    this.#stop();
    if (!this.#loss) this.#home.ended(this);
    return released;
  }

  /** Why it is not held any more; looks at the clock. */
  #end(): Error | undefined {
    if (this.#loss) return this.#loss;
    if (this.#released) return this.#afterRelease();
    if (this.#home.clock() >= this.#validUntil) this.#lose(new LeaseExpired(this.key));
    return this.#loss;
  }

  #afterRelease(): Error | undefined {
    return this.#released && new OwnershipLost(this.key, "it was given back");
  }

  #lose(loss: Error): void {
    if (this.#loss || this.#released) return;
    this.#loss = loss;
    this.#stop();
    this.#home.ended(this);
    this.#controller?.abort(loss);
    const { onLost } = this.#parts;
    // A callback that throws is its owner's uncaught exception, not a failure of whoever noticed the loss.
    if (onLost) queueMicrotask(() => onLost(loss));
    // Redis may keep it a moment longer, or have extended it without our hearing: nobody needs to wait for that.
    this.#home.store.release(this).catch(() => {});
  }

  #stop(): void {
    if (this.#deadline) clearTimeout(this.#deadline);
    if (this.#renewal) clearTimeout(this.#renewal);
  }

  #watchDeadline(): void {
    clearTimeout(this.#deadline);
    const leftMs = this.#validUntil - this.#home.clock();
    this.#deadline = setTimeout(
      () => {
        if (this.#end() === undefined) this.#watchDeadline();
      },
      Math.min(Math.max(Math.ceil(leftMs), 0), MAX_DELAY_MS),
    );
    this.#deadline.unref();
  }

  #renewLater(afterMs = this.#ttlMs / 3): void {
    clearTimeout(this.#renewal);
    if (this.#loss || this.#released) return;
    // Uneven, so that leases taken together are not renewed together.
    const delayMs = Math.min(afterMs * (0.85 + Math.random() * 0.3), MAX_DELAY_MS);
    this.#renewal = setTimeout(() => {
      if (!this.#deadline) this.#watchDeadline();
      // After a failure there is time for more tries; the deadline decides when it was the last.
      this.extend().catch(() => this.#renewLater(this.#ttlMs / 10));
    }, delayMs);
    this.#renewal.unref();
  }
}
