// Keeps the reload channels subscribed to, however often Redis goes away. What was said during a break was not heard, so
// everybody who wants to know is told when listening begins again.

import type { Connections } from "../redis/connections.ts";

/** A first subscription that failed is tried again with every change of the link, and at this pace. */
const RETRY_MS = 1_000;

/** Made by {@link createSubscriptions}. */
export interface Subscriptions {
  /** Whether every channel is being listened on. */
  readonly isListening: boolean;
  /** Listens on channels that were added. */
  refresh(): void;
  /** Resolves when everything is listened on; never throws, look at `isListening`. */
  settled(limit: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export function createSubscriptions(options: {
  connections: Connections;
  /** Makes the listener of one channel. */
  listen: (channel: string, cache: string | null) => (message: Buffer) => void;
  /** Channel → the cache it stands for. */
  channels: () => ReadonlyMap<string, string | null>;
  /** Told when listening begins, and when it begins again after a break. */
  onListening: () => void;
}): Subscriptions {
  const { connections, listen, channels, onListening } = options;
  const held = new Map<string, () => Promise<void>>();
  const waiters = new Set<() => void>();
  let closed = false;
  let isComplete = false;
  let work: Promise<void> | undefined;
  let isWanted = false;
  let timer: NodeJS.Timeout | undefined;

  const stopResumed = connections.onResumed(onListening);
  const stopLink = connections.onLink(({ state }) => {
    if (state === "ready" && !isComplete) refresh();
  });

  async function subscribeAll(): Promise<void> {
    const missing = [...channels()].filter(([channel]) => !held.has(channel));
    await Promise.all(
      missing.map(async ([channel, cache]) => {
        held.set(channel, await connections.subscribe(channel, listen(channel, cache)));
      }),
    );
  }

  function refresh(): void {
    isComplete = false;
    isWanted = true;
    clearTimeout(timer);
    work ??= attempt().finally(() => {
      work = undefined;
    });
  }

  async function attempt(): Promise<void> {
    while (isWanted && !closed) {
      isWanted = false;
      try {
        await subscribeAll();
      } catch {
        timer = setTimeout(refresh, RETRY_MS).unref();
        return;
      }
    }
    if (closed) return;
    isComplete = true;
    for (const wake of waiters) wake();
    onListening();
  }

  return {
    get isListening() {
      return isComplete && connections.subscriber === "ready";
    },
    refresh,
    async settled(limit) {
      if (isComplete || limit.aborted) return;
      await new Promise<void>((resolve) => {
        const finish = () => {
          waiters.delete(finish);
          limit.removeEventListener("abort", finish);
          resolve();
        };
        waiters.add(finish);
        limit.addEventListener("abort", finish);
      });
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      stopResumed();
      stopLink();
      await work;
      await Promise.all([...held.values()].map((stop) => stop()));
    },
  };
}
