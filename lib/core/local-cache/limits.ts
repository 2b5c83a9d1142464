// What is said about copies in the options of an instance, checked before anything is made.

import { InvalidInput } from "../errors.ts";
import type { LocalCacheMode } from "./coherence.ts";

/** Copies of Redis's values in this process (L1). */
export interface LocalCacheSettings {
  /** How copies are kept true; see coherence.ts. @default "tracking", on Redis Cluster "versioned" */
  mode?: LocalCacheMode;
  /** Copies of each kind (sessions, user values). @default 10000 */
  maxItems?: number;
  /** MB (1024 × 1024 bytes) that the copies of each kind may take, about. @default 64 */
  maxMb?: number;
  /** A copy is asked for anew after so many ms, whatever is known. @default 30000 */
  ttlMs?: number;
}

const MODES: readonly LocalCacheMode[] = ["tracking", "versioned", "ttl", "off"];

/** @throws {InvalidInput} */
export function checkLocalCache(settings: LocalCacheSettings = {}) {
  const { mode = "tracking", maxItems = 10_000, maxMb = 64, ttlMs = 30_000 } = settings;
  if (!MODES.includes(mode)) throw new InvalidInput(`Expected \`l1.mode\` to be one of ${MODES.join(", ")}`);
  for (const [option, value] of Object.entries({ maxItems, maxMb, ttlMs })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new InvalidInput(`Expected \`l1.${option}\` to be an integer ≥ 1, got ${value}`);
  }
  return { mode, maxItems, maxBytes: maxMb * 1024 * 1024, ttlMs };
}
