// Looks through the jobs of a state, page by page within a budget. An id is looked up, whatever the state.

import type { searchJobs as endpoint, JobRow } from "../../../contracts/queue-jobs.ts";
import { Budget } from "../../../explorer/budget.ts";
import type { Context, Service } from "../../context.ts";
import { requireQueue } from "../access.ts";
import { invalid } from "../json.ts";
import { readIds } from "../list/snapshot.ts";
import { withBullmq } from "../refusal.ts";
import { readRow, readRows } from "./fields.ts";
import { readState } from "./job.ts";
import { jobParts } from "./jobs.ts";
import { createMatcher } from "./match.ts";

const STEP = 200;
const BUDGET = { ms: 200, roundTrips: 400 };

export const searchJobs: Service<typeof endpoint> = async (context, { params, query }) => {
  const { queue } = params;
  const { counts } = await requireQueue(context, queue);
  const { cursor, limit, order, state, ...filter } = query;
  if (filter.in === "id" && filter.text !== "") {
    const job = await withBullmq(() => findJob(context, queue, filter.text));
    return { jobs: job ? [job] : [], examined: 1, unread: 0, total: 1, cursor: null, complete: true };
  }
  if (state === undefined) throw invalid("state: name the state to look through, or look for an id");
  const parts = jobParts(context);
  let unread = 0;
  const matches =
    createMatcher(parts, queue, filter, (count) => (unread += count)) ?? (async (ids: readonly string[]) => [...ids]);
  const budget = new Budget(BUDGET);
  const found: string[] = [];
  let at = readCursor(cursor);
  let isEnd = false;
  await withBullmq(async () => {
    while (!isEnd && found.length < limit && !budget.isSpent) {
      context.signal.throwIfAborted();
      budget.spend();
      const ids = await readIds(parts.bullmq, queue, state, { start: at, end: at + STEP - 1, order });
      const [taken, examined] = await take(ids, matches, limit - found.length);
      found.push(...taken);
      at += examined;
      isEnd = examined === ids.length && (ids.length < STEP || at >= counts[state]);
    }
  });
  const jobs = await withBullmq(() => readRows(parts, queue, found, state));
  const total = Math.max(counts[state], at);
  return { jobs, examined: at, unread, total, cursor: isEnd ? null : String(at), complete: isEnd };
};

/** Matches until the page is full; how many ids that took. */
async function take(
  ids: readonly string[],
  matches: (ids: readonly string[]) => Promise<string[]>,
  room: number,
): Promise<[string[], number]> {
  const found = await matches(ids);
  if (found.length <= room) return [found, ids.length];
  const taken = found.slice(0, room);
  return [taken, ids.indexOf(taken.at(-1)!) + 1];
}

async function findJob(context: Context, queue: string, id: string): Promise<JobRow | null> {
  const parts = jobParts(context);
  const state = await parts.connections.run(() => readState(parts.bullmq, queue, id));
  return state === "unknown" ? null : readRow(parts, queue, id, state);
}

function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (!/^\d{1,12}$/.test(cursor)) throw invalid("cursor: it belongs to no search");
  return Number(cursor);
}
