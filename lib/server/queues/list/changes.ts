// Which queue a changed key belongs to, and what of it. BullMQ touches some keys without anything an operator would see
// (every worker looks for stalled jobs twice a minute): those are no change.

import type { Keyspace } from "../../../core/keyspace.ts";

/** counts: a state's list changed · meta: pause, limits · other: a job, a log, a scheduler */
export type Aspect = "counts" | "meta" | "other";

const COUNTED = new Set([
  "wait",
  "active",
  "delayed",
  "prioritized",
  "completed",
  "failed",
  "waiting-children",
  "paused",
]);
const UNSEEN = new Set(["stalled-check", "stalled", "marker", "id", "pc"]);

/** null: no queue's key, or nothing an operator would see. */
export function changeOf({ queuePrefix }: Keyspace, key: Buffer): { queue: string; aspect: Aspect } | null {
  const start = queuePrefix.length + 1;
  // The feed names keys of this namespace only; in unset mode its other prefixes are told apart here.
  if (key.length <= start || key[start - 1] !== COLON || !startsWith(key, queuePrefix)) return null;
  const end = key.indexOf(COLON, start);
  if (end <= start) return null;
  const suffix = key.toString("latin1", end + 1);
  if (UNSEEN.has(suffix) || suffix.endsWith(":lock")) return null;
  const aspect = COUNTED.has(suffix) ? "counts" : suffix === "meta" ? "meta" : "other";
  return { queue: key.toString("utf8", start, end), aspect };
}

const COLON = 58;

function startsWith(key: Buffer, prefix: string): boolean {
  for (let at = 0; at < prefix.length; at++) if (key[at] !== prefix.charCodeAt(at)) return false;
  return true;
}
