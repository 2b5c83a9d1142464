// What the pieces of random work share: chance, the cluster, the record, and the knowledge of which failures are in order.

import type { ClusterInstance } from "../../../core/cluster.ts";
import { now } from "../clock.ts";
import type { Observation } from "../events.ts";
import type { InstanceSetup } from "../protocol.ts";
import type { Random } from "../random.ts";

/** One instance's desk. */
export interface Desk {
  readonly cluster: ClusterInstance;
  readonly setup: InstanceSetup;
  readonly random: Random;
  record(observation: Observation): void;
}

/** Failures that callers are told to expect while things break. */
const EXPECTED = new Set([
  "STORE_UNAVAILABLE",
  "LEASE_EXPIRED",
  "OWNERSHIP_LOST",
  "STALE_FENCE",
  "LOCK_NOT_ACQUIRED",
  "SESSION_CONFLICT",
]);

/** The code of a failure of the core, or undefined. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Writes a failure down unless it is one of those that callers are told to expect. */
export function recordUnlessExpected(desk: Desk, doing: string, error: unknown): void {
  if (EXPECTED.has(codeOf(error) ?? "")) return;
  desk.record({
    kind: "unexpected",
    doing,
    error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    at: now(),
  });
}

/** Versions that a place writes: those of a later process are above all of an earlier one. */
export function createVersions(life: number): () => number {
  let last = life * 1_000_000;
  return () => ++last;
}
