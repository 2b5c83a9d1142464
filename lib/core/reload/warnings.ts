// What operators should find in an instance's log: signals that nobody understands, and loaders that fail. A flood of
// either becomes a line each few seconds.

import type { CacheStatus, MalformedSignal } from "./types.ts";

/** Where lines go; `console` is one. */
export interface Logger {
  warn(line: string): void;
}

/** Lines of one kind are at least so far apart. */
const PAUSE_MS = 5_000;

export function createWarnings(logger: Logger) {
  const last = new Map<string, { at: number; left: number }>();

  function warn(kind: string, line: string): void {
    const now = performance.now();
    const { at, left } = last.get(kind) ?? { at: Number.NEGATIVE_INFINITY, left: 0 };
    if (now - at < PAUSE_MS) {
      last.set(kind, { at, left: left + 1 });
      return;
    }
    last.set(kind, { at: now, left: 0 });
    logger.warn(left > 0 ? `${line} (and ${left} more before)` : line);
  }

  return {
    malformed: ({ channel, problem, excerpt }: MalformedSignal) =>
      warn("malformed", `Dropped a malformed reload signal on ${channel}: ${problem}: ${JSON.stringify(excerpt)}`),
    failed: ({ cache, attempt, error }: CacheStatus) =>
      warn(`failed:${cache}`, `Could not reload ${cache}, try ${attempt}; the old value stays: ${error}`),
  };
}
