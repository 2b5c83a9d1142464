// Remembers signals by who sent them, when, and about which cache, so that one that comes on several channels, or again
// from the log, counts once.

const REMEMBERED = 4_096;

/** Made by {@link createOrigins}. */
export interface Origins {
  /** Remembers a signal. @returns those of its caches that were not heard of before; all, if it has no timestamp */
  note(publisher: string, timestamp: number | null, caches: readonly string[]): string[];
  has(publisher: string, timestamp: number | null, caches: readonly string[]): boolean;
}

export function createOrigins(): Origins {
  const seen = new Set<string>();
  const keyOf = (publisher: string, timestamp: number, cache: string) => `${timestamp}:${cache}:${publisher}`;

  return {
    note(publisher, timestamp, caches) {
      if (timestamp === null) return [...caches];
      const fresh = caches.filter((cache) => !seen.has(keyOf(publisher, timestamp, cache)));
      for (const cache of fresh) seen.add(keyOf(publisher, timestamp, cache));
      // A Set keeps the order of insertion: the oldest go first.
      for (const key of seen) {
        if (seen.size <= REMEMBERED) break;
        seen.delete(key);
      }
      return fresh;
    },
    has: (publisher, timestamp, caches) =>
      timestamp !== null && caches.every((cache) => seen.has(keyOf(publisher, timestamp, cache))),
  };
}
