// Invariant 7, as Redis sees it: keys that were written once with a TTL are looked at while they live (has anybody put time
// on?) and 100 ms after they should be gone. What the foreign renewer touched is told, and not held against anybody.

import type { Redis } from "ioredis";
import { now } from "./clock.ts";
import { EVERYBODY, type Timeline } from "./timeline.ts";

const SLACK_MS = 100;
const LOOK_MS = 100;
const MEMORY_MS = 10_000;

interface Promised {
  /** Full Redis name. */
  readonly key: string;
  /** No later than this, on clock.ts. */
  readonly goneBy: number;
  readonly ttlMs: number;
}

export class TtlWatch {
  readonly #redis: Redis;
  readonly #timeline: Timeline;
  readonly #promised = new Map<string, Promised>();
  /** A write is told a little later than it is done: a renewal may be known first. */
  readonly #renewed = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #looking = false;
  readonly violations: string[] = [];
  checked = 0;
  /** Watched keys whose TTL the foreign renewer overwrote: nobody ends them any more. */
  readonly renewed: string[] = [];

  constructor(redis: Redis, timeline: Timeline) {
    this.#redis = redis;
    this.#timeline = timeline;
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
  }

  /** A key was written once, from `startedAt` to `ackedAt`. */
  expect(key: string, ttlMs: number, startedAt: number, ackedAt: number): void {
    if ((this.#renewed.get(key) ?? 0) >= startedAt) this.renewed.push(key);
    else this.#promised.set(key, { key, ttlMs, goneBy: ackedAt + ttlMs });
  }

  /** The foreign renewer is giving these half an hour. */
  exempt(keys: readonly string[]): void {
    const at = now();
    for (const [key, renewedAt] of this.#renewed) if (renewedAt < at - MEMORY_MS) this.#renewed.delete(key);
    for (const key of keys) {
      this.#renewed.set(key, at);
      if (this.#promised.delete(key)) this.renewed.push(key);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#promised.size === 0) return;
    this.#looking = true;
    try {
      const keys = [...this.#promised.keys()].slice(0, 500);
      const pipeline = this.#redis.pipeline();
      for (const key of keys) pipeline.pttl(key);
      const startedAt = now();
      const replies = await pipeline.exec();
      // A slow answer proves nothing about when Redis looked.
      if (now() - startedAt < LOOK_MS) keys.forEach((key, index) => void this.#judge(key, replies?.[index], startedAt));
    } catch {
      // Redis is away: nothing to see.
    } finally {
      this.#looking = false;
    }
  }

  #judge(key: string, reply: [Error | null, unknown] | undefined, at: number): void {
    const promised = this.#promised.get(key);
    if (!promised || !reply || reply[0] || typeof reply[1] !== "number") return;
    const pttl = reply[1];
    if (pttl === -2) {
      // Gone: expired, removed, or lost with the data. Kept until it was due, in case it comes back.
      if (at > promised.goneBy + SLACK_MS) this.#done(key);
      return;
    }
    const leftMs = promised.goneBy - at;
    if (pttl === -1) this.#violate(key, "has no TTL any more");
    else if (leftMs < -SLACK_MS) this.#violate(key, `outlived its ${promised.ttlMs} ms by ${(-leftMs).toFixed(0)} ms`);
    else if (pttl > leftMs + SLACK_MS) this.#violate(key, `has ${pttl} ms left instead of ${leftMs.toFixed(0)}`);
  }

  #violate(key: string, what: string): void {
    this.#done(key);
    // A restart, or a Redis that was stopped, may keep a key a little longer on our clock.
    if (!this.#timeline.wasUnhealthy(EVERYBODY, now() - 2_000, now())) this.violations.push(`${key} ${what}`);
  }

  #done(key: string): void {
    this.#promised.delete(key);
    this.checked++;
  }
}
