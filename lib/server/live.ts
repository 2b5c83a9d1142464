// The hub of the live stream: what happens in this process, told to every open browser. It holds no history; a browser
// that was away refetches.

import type { LiveEvent } from "../contracts/live.ts";

type WithoutTime<E> = E extends LiveEvent ? Omit<E, "at"> : never;
/** A live event as its source tells it; the hub adds the time. */
export type LiveNews = WithoutTime<LiveEvent>;

export interface Live {
  publish(news: LiveNews): void;
  /** Calls back with every event from now on; returns the function that stops it. */
  subscribe(listener: (event: LiveEvent) => void): () => void;
  /** How many listen. */
  readonly listeners: number;
  /** Tells every listener that the console stops, and forgets them. */
  close(): void;
}

export function createLive(onListeners: (count: number) => void = () => {}): Live {
  const listeners = new Set<(event: LiveEvent) => void>();
  const publish = (news: LiveNews) => {
    const event = { ...news, at: Date.now() } as LiveEvent;
    for (const listener of listeners) listener(event);
  };
  return {
    publish,
    get listeners() {
      return listeners.size;
    },
    subscribe(listener) {
      listeners.add(listener);
      onListeners(listeners.size);
      return () => {
        if (listeners.delete(listener)) onListeners(listeners.size);
      };
    },
    close() {
      publish({ kind: "bye", because: "the console stops" });
      listeners.clear();
      onListeners(0);
    },
  };
}
