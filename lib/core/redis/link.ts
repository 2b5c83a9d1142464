// The state of a connection, as operators and callers see it, and the watch that finds dead ones.
//
//   connecting ──ready──▶ ready ◀──▶ degraded        degraded: commands work, something beside them does not
//        └──────────────▶ down ◀──────┘ (and back to ready by itself)
//
// A TCP connection can be half open: the peer is gone, yet nothing says so and writes succeed. So the watch counts
// silence, asks with a PING when there was nothing to hear, and after `silenceMs` tears the connection, which makes
// ioredis dial again. A process that was stopped itself (SIGSTOP, a long GC) must not blame Redis: that time is not counted.

import type { Redis } from "ioredis";

/** What the link to Redis is in, why, and since when (ms since the epoch). */
export interface LinkStatus {
  readonly state: "connecting" | "ready" | "degraded" | "down";
  readonly reason: string | null;
  readonly since: number;
}

/** Holds one {@link LinkStatus} and tells listeners about each change. */
export class Link {
  #status: LinkStatus = { state: "connecting", reason: null, since: Date.now() };
  readonly #listeners = new Set<(status: LinkStatus) => void>();

  get status(): LinkStatus {
    return this.#status;
  }

  set(state: LinkStatus["state"], reason: string | null = null): void {
    if (this.#status.state === state && this.#status.reason === reason) return;
    const since = this.#status.state === state ? this.#status.since : Date.now();
    this.#status = { state, reason, since };
    for (const listener of this.#listeners) listener(this.#status);
  }

  /** Calls back on every change; returns the function that stops it. */
  onChange(listener: (status: LinkStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** How often a link is looked at; that costs no command. */
const LOOK_MS = 250;

/**
 * Watches one ioredis connection and tears it when it stays silent: nothing heard for `silenceMs`, at least half of it
 * with a question open. Any answer counts and any command is a question, so only a quiet link is pinged.
 * @param onSilent   told before the connection is torn
 * @param onHeard    told at each reply
 * @param pingMs     a link that was quiet for so long is asked
 * @returns the function that ends the watch
 */
export function watchSilence(
  client: Redis,
  silenceMs: number,
  onSilent: () => void,
  onHeard = () => {},
  pingMs = silenceMs / 2,
): () => void {
  let bytes = 0;
  let silent = 0;
  let unanswered = 0;
  let lookedAt = performance.now();
  const hear = () => {
    silent = 0;
    unanswered = 0;
  };
  const look = () => {
    const now = performance.now();
    // Nothing could be heard while this process was stopped or busy: that time does not count.
    const passed = Math.min(now - lookedAt, 2 * LOOK_MS);
    lookedAt = now;
    if (client.status !== "ready") return hear();
    if (client.stream.bytesRead !== bytes) {
      bytes = client.stream.bytesRead;
      hear();
      return onHeard();
    }
    silent += passed;
    unanswered = client.commandQueue.length > 0 ? unanswered + passed : 0;
    if (silent >= silenceMs && unanswered >= silenceMs / 2) {
      hear();
      onSilent();
      client.disconnect(true);
    } else if (silent >= pingMs && unanswered === 0) client.ping().catch(() => {});
  };
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
