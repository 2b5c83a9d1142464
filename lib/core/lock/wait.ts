// Waiting for a lock. Who waits stands in line in the store; a release hands the lock to the first and wakes only them.
// Other programs release without telling, and locks expire: so everybody in line also asks now and then: at first
// soon, then the first in line four times a second (and when the lock is due to expire), those behind ever less often,
// so that a long line of n asks only about 4 · ln(n) times a second together.

import { StoreUnavailable } from "../errors.ts";
import type { Ask, Grant, LockStore, Place } from "./store.ts";

const TAKE_BACK_MS = { first: 100, longest: 2_000 };
const POLL_MS = { soon: 10, first: 250, longest: 5_000 };

/** The lock, and when the request was sent that brought it. */
export interface Granted {
  readonly grant: Grant;
  readonly sentAt: number;
}

/**
 * Stands in line until the lock is given, `waitMs` are over (null) or `signal` aborts (throws its reason). While Redis is
 * away it goes on trying.
 * @throws {StoreUnavailable} if it is still away when the time is over
 */
export async function waitInLine(
  store: LockStore,
  ask: Ask,
  options: { waitMs: number; signal: AbortSignal; closing: AbortSignal; clock: () => number },
): Promise<Granted | null> {
  const { waitMs, signal, closing, clock } = options;
  const deadline = clock() + waitMs;
  const bell = new Bell();
  const stopListening = await store.onHandedOver(ask.holder, () => bell.ring());
  signal.addEventListener("abort", bell.ring);
  try {
    for (let round = 0; ; round++) {
      signal.throwIfAborted();
      const sentAt = clock();
      const answer = await store.wait(ask).catch((error: unknown) => awayFor(error, deadline - clock()));
      if ("token" in answer) return { grant: answer, sentAt };
      const leftMs = deadline - clock();
      if (leftMs <= 0) break;
      await bell.within(Math.min(leftMs, pause(answer, round)));
    }
    await store.leave(ask).catch(() => {});
    return null;
  } catch (error) {
    takeBack(store, ask, { signal: closing, clock });
    throw error;
  } finally {
    signal.removeEventListener("abort", bell.ring);
    stopListening();
  }
}

/**
 * Takes an ask back that nobody waits for any more, in the background: whether the lock was granted is not known, and it
 * must not stay taken longer than Redis is away. After its TTL there is nothing left to take back.
 */
export function takeBack(
  store: LockStore,
  ask: Ask,
  { signal, clock }: { signal: AbortSignal; clock: () => number },
): void {
  const until = clock() + ask.ttlMs;
  const attempt = (pauseMs: number): Promise<unknown> =>
    store.leave(ask).catch(() => {
      if (clock() + pauseMs >= until || signal.aborted) return;
      setTimeout(() => void attempt(Math.min(pauseMs * 2, TAKE_BACK_MS.longest)), pauseMs).unref();
    });
  void attempt(TAKE_BACK_MS.first);
}

function awayFor(error: unknown, leftMs: number): Place {
  if (!(error instanceof StoreUnavailable) || leftMs <= 0) throw error;
  return { ahead: 0, leftMs: -1 };
}

/** When to ask again by oneself. */
function pause({ ahead, leftMs }: Place, round: number): number {
  const pace = Math.min(POLL_MS.soon * 2 ** round, POLL_MS.first);
  const turn = Math.min(pace * (ahead + 1), POLL_MS.longest) * (0.8 + Math.random() * 0.4);
  return ahead === 0 && leftMs >= 0 ? Math.min(turn, leftMs + 2) : turn;
}

/** Ends a pause early; a ring between two pauses ends the next one. */
class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  readonly ring = (): void => {
    this.#rung = true;
    this.#wake?.();
  };

  async within(ms: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#wake = undefined;
    this.#rung = false;
  }
}
