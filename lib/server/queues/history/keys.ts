// Where the history lies, in the own key space.

import type { Keyspace } from "../../../core/keyspace.ts";

export function historyKeys(keyspace: Keyspace) {
  return {
    /** string: the token of the console that records */
    recorder: keyspace.own("queue-history", "recorder"),
    /** hash: step → ms that were recorded of it, for all queues; `until`: the moment up to which everything is written */
    coverage: keyspace.own("queue-history", "coverage"),
    /** hash of a queue: its rings, `at`: the last event in them, `total`: jobs ended since the recording began */
    of: (queue: string) => keyspace.own("queue-history", "of", queue),
  };
}
export type HistoryKeys = ReturnType<typeof historyKeys>;

/** A history nobody writes to goes a day after its last figure left the longest range. */
export const KEEP_MS = 8 * 86_400_000;
