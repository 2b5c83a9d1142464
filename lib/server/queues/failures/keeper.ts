// Groups the failed jobs of a queue: one walk whoever asks, begun when somebody looks and what is known is old. It reads the
// reason of each job, and of each group one stack; not the stacks of a million jobs. While it walks, its figures are of a
// part and say so; a finished grouping stays on show until the next is finished.

import { setTimeout as sleep } from "node:timers/promises";
import type { FailureGroup, FailureGroups } from "../../../contracts/queue-jobs.ts";
import type { Connections } from "../../../core/redis/connections.ts";
import { createMask, type Mask } from "../../../explorer/mask.ts";
import type { Config } from "../../config.ts";
import { paced } from "../../paced.ts";
import type { Bullmq } from "../bullmq.ts";
import { firstLine, toInteger } from "../jobs/fields.ts";
import { readJobs } from "../jobs/read-jobs.ts";
import { stacksOf } from "../jobs/timeline.ts";
import { readIds } from "../list/snapshot.ts";
import { fingerprintOfTitle, originOf, titleOf } from "./fingerprint.ts";

export interface FailureKeeper {
  /** The groups there are, at once (a first walk gets a moment). @param failed how many failed jobs there are now */
  get(queue: string, failed: number, options?: { refresh?: boolean }): Promise<FailureGroups>;
  close(): void;
}

interface Parts {
  readonly connections: Connections;
  readonly config: Pick<Config, "sensitiveFields">;
  readonly bullmq: Bullmq;
  /** Told when a walk has news. */
  readonly tell: (queue: string) => void;
}

const PAGE = 4_000;
const FIRST_WAIT_MS = 150;
const STALE_MS = 60_000;
const REFRESH_MS = 1_000;
/** A walk rests for so many times what it took. */
const REST = 10;
const PROGRESS_MS = 1_000;
const MOST_GROUPS = 500;
const MOST_NAMES = 20;
const SAMPLE = 5;
/** Groupings of queues nobody asked about lately make room. */
const MOST_KEPT = 50;

interface Group {
  readonly title: string;
  count: number;
  readonly names: Map<string, number>;
  firstAt: number | null;
  lastAt: number | null;
  readonly sample: string[];
  origin: { kind: string | null; place: string | null } | null;
}

interface Grouping {
  shown: FailureGroups;
  walking: Promise<void> | null;
  endedAt: number;
  tookMs: number;
  /** Failed jobs when the last walk began. */
  failed: number;
  failure: unknown;
}

const NOTHING: FailureGroups = { groups: [], running: false, complete: false, examined: 0, total: 0, asOf: null };

export function createFailureKeeper({ connections, config, bullmq, tell }: Parts): FailureKeeper {
  const mask = createMask(config.sensitiveFields);
  const stop = new AbortController();
  const groupings = new Map<string, Grouping>();

  function groupingOf(queue: string): Grouping {
    const known = groupings.get(queue);
    const grouping = known ?? { shown: NOTHING, walking: null, endedAt: 0, tookMs: 0, failed: -1, failure: null };
    // Asked about again: to the end of the row.
    groupings.delete(queue);
    groupings.set(queue, grouping);
    if (groupings.size > MOST_KEPT) groupings.delete(groupings.keys().next().value!);
    return grouping;
  }

  function isOld({ shown, endedAt, tookMs, failed }: Grouping, now: number, refresh: boolean): boolean {
    if (shown.asOf === null) return true;
    const ageMs = performance.now() - endedAt;
    if (ageMs < Math.max(REFRESH_MS, refresh ? 0 : REST * tookMs)) return false;
    return refresh || failed !== now || ageMs > STALE_MS;
  }

  async function walk(queue: string, grouping: Grouping, failed: number): Promise<void> {
    const startedAt = performance.now();
    const groups = new Map<string, Group>();
    const isFirst = grouping.shown.asOf === null;
    let examined = 0;
    let toldAt = startedAt;
    const show = async (complete: boolean) => {
      const total = Math.max(failed, examined);
      grouping.shown = {
        groups: await finished(queue, groups),
        running: !complete,
        complete,
        examined,
        total,
        asOf: Date.now(),
      };
    };
    try {
      // Oldest first: jobs that fail meanwhile come at the end, and none is met twice.
      for (;;) {
        const ids = await paced(stop.signal, () => readPage(queue, groups, examined));
        examined += ids;
        if (ids < PAGE) break;
        if (performance.now() - toldAt < PROGRESS_MS) continue;
        toldAt = performance.now();
        if (isFirst) await show(false);
        tell(queue);
      }
      await show(true);
      grouping.failure = null;
    } catch (error) {
      grouping.failure = error;
    } finally {
      grouping.endedAt = performance.now();
      grouping.tookMs = grouping.endedAt - startedAt;
      grouping.failed = failed;
      grouping.walking = null;
      if (!stop.signal.aborted) tell(queue);
    }
  }

  async function readPage(queue: string, groups: Map<string, Group>, start: number): Promise<number> {
    const ids = await readIds(bullmq, queue, "failed", { start, end: start + PAGE - 1, order: "first" });
    const jobs = await readJobs({ connections, bullmq }, queue, ids, ["failedReason", "name", "finishedOn"]);
    for (const [at, [reason, name, finishedOn]] of jobs.entries())
      add(groups, mask, { id: ids[at]!, reason: reason ?? "", name: name ?? "", at: toInteger(finishedOn ?? null) });
    return ids.length;
  }

  /** The groups as they are shown; the stack of one job tells the kind of error and where it was thrown. */
  async function finished(queue: string, groups: ReadonlyMap<string, Group>): Promise<FailureGroup[]> {
    const frequent = [...groups].sort(([, a], [, b]) => b.count - a.count);
    await Promise.all(
      frequent.slice(0, 100).map(async ([, group]) => {
        group.origin ??= await readOrigin(queue, group.sample.at(-1));
      }),
    );
    return frequent.map(([fingerprint, { title, count, names, firstAt, lastAt, sample, origin }]) => ({
      fingerprint,
      title: firstLine(origin?.kind && !title.startsWith(origin.kind) ? `${origin.kind}: ${title}` : title, mask),
      place: origin?.place == null ? null : firstLine(origin.place, mask),
      ...{ count, firstAt, lastAt, sample: sample.toReversed() },
      names: Array.from(names, ([name, times]) => ({ name, count: times })).sort((a, b) => b.count - a.count),
    }));
  }

  async function readOrigin(queue: string, id: string | undefined): Promise<Group["origin"]> {
    if (id === undefined) return null;
    const stacktrace = await connections.run((client) => client.hget(bullmq.key(queue, id), "stacktrace"));
    return originOf(stacksOf(stacktrace).at(-1));
  }

  return {
    async get(queue, failed, { refresh = false } = {}) {
      const grouping = groupingOf(queue);
      if (grouping.walking === null && isOld(grouping, failed, refresh)) {
        grouping.walking = walk(queue, grouping, failed);
        await Promise.race([grouping.walking, sleep(FIRST_WAIT_MS, undefined, { ref: false })]);
      }
      const { shown, walking, failure } = grouping;
      if (shown.asOf === null && walking === null && failure !== null) throw failure;
      return { ...shown, running: walking !== null };
    },
    close() {
      stop.abort();
    },
  };
}

function add(
  groups: Map<string, Group>,
  mask: Mask,
  job: { id: string; reason: string; name: string; at: number | null },
): void {
  const known = titleOf(job.reason, mask);
  // Beyond so many kinds they are told apart by nobody.
  const title = groups.size < MOST_GROUPS || groups.has(fingerprintOfTitle(known)) ? known : "(other failures)";
  const fingerprint = fingerprintOfTitle(title);
  const group = groups.get(fingerprint) ?? newGroup(title);
  groups.set(fingerprint, group);
  group.count++;
  if (group.names.has(job.name) || group.names.size < MOST_NAMES)
    group.names.set(job.name, (group.names.get(job.name) ?? 0) + 1);
  if (job.at !== null) {
    group.firstAt = Math.min(group.firstAt ?? job.at, job.at);
    group.lastAt = Math.max(group.lastAt ?? job.at, job.at);
  }
  group.sample.push(job.id);
  if (group.sample.length > SAMPLE) group.sample.shift();
}

function newGroup(title: string): Group {
  return { title, count: 0, names: new Map(), firstAt: null, lastAt: null, sample: [], origin: null };
}
