// What an instance says about its copies in its heartbeat, section `l1`: all kinds together.

import type { Coherence, CoherenceStatus } from "./coherence.ts";
import type { LocalCacheStats } from "./local-cache.ts";

/** Counted since the start of the process. */
export interface LocalCacheFigures extends CoherenceStatus, LocalCacheStats {
  /** hits / (hits + misses); 0 before the first read. */
  readonly hitRate: number;
}

export function describeCopies({ status }: Coherence, kinds: readonly LocalCacheStats[]): LocalCacheFigures {
  const sum = (count: (stats: LocalCacheStats) => number) => kinds.reduce((total, stats) => total + count(stats), 0);
  const hits = sum((stats) => stats.hits);
  const misses = sum((stats) => stats.misses);
  return {
    ...status,
    hits,
    misses,
    hitRate: hits + misses === 0 ? 0 : hits / (hits + misses),
    evictions: sum((stats) => stats.evictions),
    size: sum((stats) => stats.size),
    invalidations: sum((stats) => stats.invalidations),
  };
}
