// The state of a connection, as operators and callers see it, and the watch that finds dead ones.
//
//   connecting ──ready──▶ ready ◀──▶ degraded        degraded: commands work, something beside them does not
//        └──────────────▶ down ◀──────┘ (and back to ready by itself)
//
// A TCP connection can be half open: the peer is gone, yet nothing says so and writes succeed. So the watch sends a PING
// twice a second and counts silence; after `silenceMs` the connection is declared down and torn, which makes ioredis
// dial again. A process that was stopped itself (SIGSTOP, a long GC) must not blame Redis: a late tick resets the count.

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

const PING_MS = 500;

/**
 * Watches one ioredis connection by PING and tears it when it stays silent.
 * @param silenceMs  no reply for so long means half open
 * @param onSilent   told before the connection is torn
 * @param onHeard    told at each reply
 * @returns the function that ends the watch
 */
export function watchSilence(client: Redis, silenceMs: number, onSilent: () => void, onHeard = () => {}): () => void {
  let heardAt = Date.now();
  let tickedAt = Date.now();
  const heard = () => {
    heardAt = Date.now();
  };
  const timer = setInterval(() => {
    const now = Date.now();
    const wasStopped = now - tickedAt > 2 * PING_MS + silenceMs / 2;
    tickedAt = now;
    if (client.status !== "ready" || wasStopped) heard();
    else if (now - heardAt >= silenceMs) {
      heard();
      onSilent();
      client.disconnect(true);
      return;
    }
    if (client.status !== "ready") return;
    client.ping().then(
      () => {
        heard();
        onHeard();
      },
      () => {},
    );
  }, PING_MS);
  timer.unref();
  return () => clearInterval(timer);
}
