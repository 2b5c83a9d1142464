// Redis's time without asking: what it told last, and how long ago that was by the clock here that nobody sets.
// Never ahead, behind by less than an answer takes; for at most a second, and only where answers take under half a
// millisecond. Good enough to note uses by, and nothing else: expiries and locks always go by Redis's own clock.

const FRESH_MS = 1_000;
const QUICK_MS = 0.5;

export class RedisClock {
  #redisMs = 0;
  #heardAt = Number.NEGATIVE_INFINITY;

  /** Redis said `redisMs` in an answer to what was sent at `sentAt` (performance.now()). */
  hear(redisMs: number, sentAt: number): void {
    const now = performance.now();
    if (now - sentAt > QUICK_MS) return;
    this.#redisMs = redisMs;
    this.#heardAt = now;
  }

  /** Ms since the epoch, or undefined when it is not known well enough: then let the script ask. */
  now(): number | undefined {
    const passed = performance.now() - this.#heardAt;
    return passed < FRESH_MS ? this.#redisMs + Math.floor(passed) : undefined;
  }
}
