// Tells listeners of a part's events; what a listener throws is its own trouble.

/** Events by name → what is told. */
export interface Emitter<Events> {
  emit<E extends keyof Events>(event: E, news: Events[E]): void;
  on<E extends keyof Events>(event: E, listener: (news: Events[E]) => void): () => void;
}

export function createEmitter<Events>(): Emitter<Events> {
  const listeners: { [E in keyof Events]?: Set<(news: Events[E]) => void> } = {};
  return {
    emit(event, news) {
      for (const listener of listeners[event] ?? []) {
        try {
          listener(news);
        } catch {
          // See above.
        }
      }
    },
    on(event, listener) {
      const set = listeners[event] ?? new Set();
      listeners[event] = set.add(listener);
      return () => set.delete(listener);
    },
  };
}
