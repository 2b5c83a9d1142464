// The dry run of a bulk act on jobs: finds those it means and freezes their ids. It walks in pages, pausing as long as it
// worked, and can be stopped between any two.

import type { JobSelection, QueueBulkState } from "../../../contracts/queue-bulk.ts";
import type { JobState } from "../../../contracts/queues.ts";
import { ApiError } from "../../context.ts";
import { paced } from "../../paced.ts";
import { type JobParts, readRow, readRows, toInteger } from "../jobs/fields.ts";
import { readState } from "../jobs/job.ts";
import { createGroupMatcher, createMatcher, type Matcher } from "../jobs/match.ts";
import { readJobs } from "../jobs/read-jobs.ts";
import { readCounts, readIds } from "../list/snapshot.ts";
import { IdList } from "./id-list.ts";

const PAGE = 500;
const SAMPLE = 20;
const TOO_LARGE = "more than 4 MB of data, not looked through";
const MOST_JOBS = 1_000_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** A plan in the making, and then the frozen list. */
export class JobPlan {
  readonly list = new IdList();
  examined = 0;
  total = 0;
  complete = false;
  /** Jobs meant; of acts that need no list, as many as there were. */
  count = 0;
  readonly sample: QueueBulkState["plan"]["sample"] = [];
  readonly refused: Record<string, number> = {};
  /** Where all of them lay (of several states, none of them an end, the first); of jobs that were named, where each did. */
  state: JobState | null = null;
  readonly states = new Map<string, JobState>();

  addFrom(id: string, state: JobState): void {
    this.add(id);
    this.states.set(id, state);
  }

  stateOf(id: string): JobState | null {
    return this.states.get(id) ?? this.state;
  }

  get isFull(): boolean {
    return this.list.length >= MOST_JOBS || this.list.bytes >= MOST_BYTES;
  }

  add(id: string): void {
    if (this.isFull) return;
    this.list.add(id);
    this.count++;
  }

  refuse(because: string, count: number): void {
    if (count > 0) this.refused[because] = (this.refused[because] ?? 0) + count;
  }

  get facts(): QueueBulkState["plan"] {
    const { examined, total, complete, count, sample, refused } = this;
    return { examined, total, complete, count, sample: [...sample], refused: { ...refused } };
  }
}

/** Which states an act can do something in. */
export type Suits = (state: JobState) => string | null;

interface PlanParts extends JobParts {
  readonly queue: string;
  readonly signal: AbortSignal;
}

/** Fills `plan` with what is selected. @throws the signal's reason when aborted */
export async function planSelection(
  parts: PlanParts,
  plan: JobPlan,
  select: JobSelection,
  suits: Suits,
): Promise<void> {
  if ("ids" in select) return planIds(parts, plan, [...new Set(select.ids)], suits);
  const state = "state" in select ? select.state : "failed";
  const because = suits(state);
  if (because !== null) throw new ApiError("INVALID_INPUT", because);
  const matcher =
    "state" in select
      ? createMatcher(parts, parts.queue, select.filter ?? {}, (count) => plan.refuse(TOO_LARGE, count))
      : createGroupMatcher(parts, parts.queue, select.fingerprint);
  await planStates(parts, plan, [state], matcher);
}

/** Jobs that were added (or, if they are, finished) before `before`, of these states. */
export async function planOlder(
  parts: PlanParts,
  plan: JobPlan,
  state: JobState,
  before: number,
  limit: number,
): Promise<void> {
  const { queue } = parts;
  const isOlder: Matcher = async (ids) => {
    const times = await readJobs(parts, queue, ids, ["finishedOn", "processedOn", "timestamp"]);
    return ids.filter((_, at) => {
      const time = times[at]!.map((text) => toInteger(text)).find((number) => number !== null);
      return time === undefined || time <= before;
    });
  };
  await planStates(parts, plan, [state], isOlder, limit);
}

/** All jobs of these states that match. */
export async function planStates(
  parts: PlanParts,
  plan: JobPlan,
  states: readonly JobState[],
  matcher: Matcher | null,
  limit = 0,
): Promise<void> {
  const { bullmq, queue, signal } = parts;
  const counts = await readCounts(parts, queue);
  plan.state = states[0] ?? null;
  plan.total = states.reduce((sum, state) => sum + counts[state], 0);
  const isEnough = () => plan.isFull || (limit > 0 && plan.count >= limit);
  let isCut = false;
  for (const state of states) {
    let start = 0;
    for (let size = PAGE; size === PAGE && !isEnough(); start += size) {
      const [ids, meant] = await paced(signal, async () => {
        const page = await readIds(bullmq, queue, state, { start, end: start + PAGE - 1, order: orderOf(state) });
        return [page, matcher === null ? page : await matcher(page)] as const;
      });
      size = ids.length;
      plan.examined += ids.length;
      const room = limit > 0 ? limit - plan.count : meant.length;
      for (const id of meant.slice(0, room)) plan.add(id);
      if (plan.sample.length < SAMPLE)
        plan.sample.push(...(await readRows(parts, queue, meant.slice(0, SAMPLE - plan.sample.length), state)));
    }
    isCut ||= plan.isFull;
  }
  plan.complete = !isCut;
}

/** Redis looks for a list's element from its head, so the newest go first; of a set the first in order. */
function orderOf(state: JobState): "first" | "last" {
  return state === "waiting" || state === "paused" || state === "active" ? "last" : "first";
}

async function planIds(parts: PlanParts, plan: JobPlan, ids: readonly string[], suits: Suits): Promise<void> {
  const { bullmq, connections, queue, signal } = parts;
  plan.total = ids.length;
  for (let first = 0; first < ids.length; first += PAGE) {
    const page = ids.slice(first, first + PAGE);
    const states = await paced(signal, () =>
      connections.run(() => Promise.all(page.map((id) => readState(bullmq, queue, id)))),
    );
    for (const [at, id] of page.entries()) {
      const state = states[at]!;
      const because = state === "unknown" ? "gone already" : suits(state);
      if (because !== null) plan.refuse(because, 1);
      else plan.addFrom(id, state as JobState);
    }
    plan.examined += page.length;
  }
  for (const [id, state] of [...plan.states].slice(0, SAMPLE)) plan.sample.push(await readRow(parts, queue, id, state));
  plan.complete = true;
}

/** States in which something waits to be run. */
export const WAITING_STATES: readonly JobState[] = ["waiting", "paused", "prioritized"];
