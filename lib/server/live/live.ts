// The hub of the live stream: what happens in this process, told to every open browser. It keeps no history, only the
// last word on whether changes by others are seen; a browser that was away refetches.

import type { LiveEvent } from "../../contracts/live.ts";

type WithoutTime<E> = E extends LiveEvent ? Omit<E, "at"> : never;
/** A live event as its source tells it; the hub adds the time. */
export type LiveNews = WithoutTime<LiveEvent>;

export interface Live {
  publish(news: LiveNews): void;
  /** Calls back with every event from now on, and once when the hub closes. Returns the function that stops it. */
  subscribe(listener: (event: LiveEvent) => void, onClose?: () => void): () => void;
  readonly listeners: number;
  /** Ends every subscription. */
  close(): void;
}

export interface LiveOptions {
  /** Told whenever the number of listeners changes, so that sources run only while somebody listens. */
  readonly onListeners?: (count: number) => void;
  /** Told everything that is told to listeners. */
  readonly onNews?: (news: LiveNews) => void;
}

export function createLive({ onListeners = () => {}, onNews = () => {} }: LiveOptions = {}): Live {
  const listeners = new Map<(event: LiveEvent) => void, () => void>();
  let feed: LiveEvent | undefined;
  return {
    publish(news) {
      onNews(news);
      const event = { ...news, at: Date.now() } as LiveEvent;
      if (event.kind === "feed") feed = event;
      for (const listener of listeners.keys()) listener(event);
    },
    get listeners() {
      return listeners.size;
    },
    subscribe(listener, onClose = () => {}) {
      listeners.set(listener, onClose);
      if (feed !== undefined) listener(feed);
      onListeners(listeners.size);
      return () => {
        if (listeners.delete(listener)) onListeners(listeners.size);
      };
    },
    close() {
      const closing = [...listeners.values()];
      listeners.clear();
      for (const onClose of closing) onClose();
      onListeners(0);
    },
  };
}
