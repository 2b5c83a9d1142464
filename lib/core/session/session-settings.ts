// What is said about sessions in the options of an instance.

import { InvalidInput } from "../errors.ts";
import { checkTtl } from "../user-cache/limits.ts";

/** Sessions of the application's visitors. */
export interface SessionSettings {
  /** How long a session lives when nobody says, in ms. @default 3600000 (1 h) */
  ttlMs?: number;
  /** Largest session, with all that belongs to it, in bytes. @default 1048576 (1 MB) */
  maxBytes?: number;
  /**
   * When Redis cannot be asked, a copy may answer for so many ms after it was last certain to be true. A session that was
   * ended meanwhile is served until then, so choose what a delayed sign-out may cost. @default 0: reads fail
   */
  staleIfErrorMs?: number;
  /** Told of invalidations that are malformed, which are dropped. @default a warning of the process */
  onProblem?: (problem: string) => void;
}

/** @throws {TtlInvalid} {InvalidInput} */
export function checkSessionSettings(settings: SessionSettings = {}) {
  const { ttlMs = 3_600_000, maxBytes = 1024 * 1024, staleIfErrorMs = 0, onProblem = warn } = settings;
  for (const [option, value, least] of [
    ["maxBytes", maxBytes, 1],
    ["staleIfErrorMs", staleIfErrorMs, 0],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new InvalidInput(`Expected \`sessions.${option}\` to be an integer ≥ ${least}, got ${value}`);
  }
  return { lifetimeMs: checkTtl(ttlMs), maxSessionBytes: maxBytes, staleIfErrorMs, onProblem };
}

function warn(problem: string): void {
  process.emitWarning(problem, "KeydeckWarning");
}
