// Reads the figures of one queue for the list. Counts come from BullMQ's own script, asked for `paused` too: there BullMQ 5
// keeps the jobs of a paused queue, and BullMQ 6 no longer looks. What seldom changes is read only when it has.

import type { JobType } from "bullmq";
import { JOB_STATES, type JobCounts, type JobState, type QueueRow } from "../../../contracts/queues.ts";
import type { Connections } from "../../../core/redis/connections.ts";
import { defineScript } from "../../../core/redis/scripts.ts";
import type { Bullmq } from "../bullmq.ts";

/** What the list shows of a queue, without its workers (one question tells those of all queues). */
export type Snapshot = Omit<QueueRow, "workers" | "readOnly" | "asOf" | "name">;
/** The part of it that stands in the queue's meta hash. */
export type MetaFacts = Pick<Snapshot, "isPaused" | "globalConcurrency" | "rateLimit" | "version"> & {
  readonly exists: boolean;
};

export const readOldestScript = defineScript(new URL("./read-oldest.lua", import.meta.url), { keys: 1 });

interface Parts {
  readonly connections: Connections;
  readonly bullmq: Bullmq;
}

/** Keeps a call below a ms. */
const OLDEST_PER_CALL = 100;

/** What was read of a queue. */
export interface Figures {
  readonly meta: MetaFacts;
  /** null: there is no such queue. */
  readonly snapshot: Snapshot | null;
}

/** The figures of queues, each of several in two round trips. @param queues with what is known of their meta */
export async function readFigures(
  parts: Parts,
  queues: readonly { readonly name: string; readonly meta: MetaFacts | null }[],
): Promise<Figures[]> {
  const read = await inOnePiece(parts, () =>
    Promise.all(
      queues.map(({ name, meta }) => Promise.all([name, meta ?? readMeta(parts, name), readCounts(parts, name)])),
    ),
  );
  const waiting = read.filter(([, , counts]) => hasBacklog(counts)).map(([name]) => name);
  const times = await readOldest(parts, waiting);
  const oldest = new Map(waiting.map((name, at) => [name, times[at] ?? null]));
  return read.map(([name, meta, counts]) => {
    const { exists, ...facts } = meta;
    const isThere = exists || !isEmpty(counts);
    return { meta, snapshot: isThere ? { ...facts, counts, oldestWaitingAt: oldest.get(name) ?? null } : null };
  });
}

async function readMeta({ bullmq }: Parts, queue: string): Promise<MetaFacts> {
  const fields = ["paused", "concurrency", "max", "duration", "version", "opts.maxLenEvents"];
  const values = await bullmq.backend(queue).getQueueMetaFields(fields);
  const [paused, concurrency, max, duration, version] = values;
  return {
    exists: values.some((value) => value !== null),
    isPaused: paused !== null,
    globalConcurrency: toInteger(concurrency),
    rateLimit: max && duration ? { max: Number(max), durationMs: Number(duration) } : null,
    version: version ?? null,
  };
}

/** How many jobs are in which state; one script call. */
export async function readCounts({ bullmq }: Parts, queue: string): Promise<JobCounts> {
  // BullMQ's types do not name the list it no longer has; its script counts what it is asked for.
  const counts = await bullmq.backend(queue).getCounts(JOB_STATES as readonly string[] as JobType[]);
  return Object.fromEntries(JOB_STATES.map((state, index) => [state, Number(counts[index] ?? 0)])) as JobCounts;
}

/** When the job that waits longest was added, of each queue; null: none waits. One call for many queues. */
export async function readOldest(
  { connections, bullmq }: Parts,
  queues: readonly string[],
): Promise<(number | null)[]> {
  const calls: Promise<unknown>[] = [];
  for (let first = 0; first < queues.length; first += OLDEST_PER_CALL) {
    const args = [`${bullmq.prefix}:`, ...queues.slice(first, first + OLDEST_PER_CALL)];
    calls.push(readOldestScript.run(connections, args));
  }
  return ((await Promise.all(calls)) as (string | null)[][]).flat().map(toInteger);
}

/** Jobs wait that can be asked since when. */
function hasBacklog(counts: JobCounts): boolean {
  return counts.waiting > 0 || counts.paused > 0 || counts.prioritized > 0;
}

/**
 * What `work` sends at once leaves in one piece: Redis then reads and answers it in one go, for half of what it costs one
 * by one. (A Cluster client writes for itself.)
 */
async function inOnePiece<T>({ connections }: Parts, work: () => Promise<T>): Promise<T> {
  const { client } = connections;
  if (!("stream" in client) || !client.stream) return work();
  const { stream } = client;
  stream.cork();
  // BullMQ's calls are sent a few promises later.
  setImmediate(() => stream.uncork());
  return work();
}

/** Ids of a state's jobs; `first` begins with the next to run, the first due, the oldest finished. */
export async function readIds(
  bullmq: Bullmq,
  queue: string,
  state: JobState,
  { start, end, order }: { start: number; end: number; order: "first" | "last" },
): Promise<string[]> {
  const [ids = []] = await bullmq.backend(queue).getRanges([state as JobType], start, end, order === "first");
  // Of a list BullMQ cuts the right piece, but leaves it the way it lies.
  return order === "first" && isList(state) ? ids.toReversed() : ids;
}

export function isList(state: JobState): boolean {
  return state === "waiting" || state === "active" || state === "paused";
}

function isEmpty(counts: JobCounts): boolean {
  return JOB_STATES.every((state) => counts[state] === 0);
}

function toInteger(text: string | null | undefined): number | null {
  const number = Math.trunc(Number(text ?? Number.NaN));
  return Number.isSafeInteger(number) ? number : null;
}
