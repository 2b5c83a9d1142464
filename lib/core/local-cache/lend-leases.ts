// Lends the leases (lease.ts) of one connection that hears of changes.
//
//   tick ──▶ came round in time? ── no ──▶ all leases end (what was heard meanwhile is not processed yet)
//     └─ yes ─▶ extend to the next ticks, but never beyond what the last answered question is good for ──▶ ask again?

import { performance } from "node:perf_hooks";
import type { Lease } from "./lease.ts";

interface Borrower {
  readonly lease: Lease;
  /** The lease was lost. */
  lost(): void;
}

/** How often the event loop must come round … */
const TICK_MS = 250;
/** … for a copy to be served: a process that was stopped for longer has not read its news yet. */
const GAP_MS = 750;
const ASK_MS = 1_750;
/** Counted from when the question was sent; with a tick to notice, below the promised 3 s. */
const LEASE_MS = 2_750;

/**
 * Lends leases for as long as questions are answered in time and the event loop comes round.
 * @param ask      resolves when everything that changed before it was asked has been heard
 * @param armedAt  when news began to be complete (performance.now())
 * @returns ends them
 */
export function lendLeases(followers: readonly Borrower[], ask: () => Promise<unknown>, armedAt: number): () => void {
  let confirmedAt = armedAt;
  let certainUntil = armedAt + LEASE_MS;
  let askedAt = armedAt;
  let tickedAt = performance.now();
  let isAsking = false;
  let isHeld = false;

  const end = () => {
    certainUntil = 0;
    if (!isHeld) return;
    isHeld = false;
    for (const { lease, lost } of followers) {
      lease.end();
      lost();
    }
  };
  const renew = () => {
    const now = performance.now();
    if (now >= certainUntil) return end();
    const until = Math.min(certainUntil, tickedAt + GAP_MS);
    for (const { lease } of followers) {
      if (isHeld) lease.extend(confirmedAt, until);
      else lease.begin(confirmedAt, until);
    }
    isHeld = true;
  };
  const question = () => {
    isAsking = true;
    askedAt = performance.now();
    const sentAt = askedAt;
    ask()
      .then(
        () => {
          confirmedAt = sentAt;
          certainUntil = sentAt + LEASE_MS;
          renew();
        },
        () => {}, // no answer is no lease: time ends it
      )
      .finally(() => {
        isAsking = false;
      });
  };
  const tick = () => {
    const now = performance.now();
    const wasStopped = now - tickedAt > GAP_MS;
    tickedAt = now;
    if (wasStopped) end();
    else renew();
    if (!isAsking && (!isHeld || now - askedAt >= ASK_MS)) question();
  };

  renew();
  const timer = setInterval(tick, TICK_MS).unref();
  return () => {
    clearInterval(timer);
    end();
  };
}
