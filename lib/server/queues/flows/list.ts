// Flows are in no list of their own. Every one that is not finished has a job in the `waiting-children` set of some
// queue: those sets are walked, queue by queue within a budget, and what is found is told by its root.

import type { listFlows as endpoint, FlowNode, ListedFlow } from "../../../contracts/queue-flows.ts";
import type { QueueRow } from "../../../contracts/queues.ts";
import { Budget } from "../../../explorer/budget.ts";
import type { Context, Service } from "../../context.ts";
import { requireQueue } from "../access.ts";
import { type JobParts, readFieldsOf } from "../jobs/fields.ts";
import { jobParts } from "../jobs/jobs.ts";
import { readJobs } from "../jobs/read-jobs.ts";
import { invalid } from "../json.ts";
import { readIds } from "../list/snapshot.ts";
import { withBullmq } from "../refusal.ts";
import { childKeys, readAncestors, readNode } from "./flows.ts";

const STEP = 50;
const BUDGET = { ms: 200, roundTrips: 40 };
/** Of a parent that has thousands of children not all are asked how they are. */
const CHILDREN_LOOKED_AT = 100;

export const listFlows: Service<typeof endpoint> = async (context, { query }) => {
  const rows = await waitingQueues(context, query.queue);
  const { bullmq } = jobParts(context);
  const budget = new Budget(BUDGET);
  const found = new Map<string, ListedFlow>();
  let { examined, offset, at } = readCursor(query.cursor, rows);
  await withBullmq(async () => {
    while (at < rows.length && found.size < query.limit && !budget.isSpent) {
      context.signal.throwIfAborted();
      budget.spend();
      const { name } = rows[at]!;
      const step = Math.min(STEP, query.limit - found.size);
      const range = { start: offset, end: offset + step - 1, order: "first" } as const;
      const ids = await readIds(bullmq, name, "waiting-children", range);
      for (const flow of await flowsOf(context, name, ids)) keep(found, flow);
      examined += ids.length;
      [at, offset] = ids.length < step ? [at + 1, 0] : [at, offset + step];
    }
  });
  const total = rows.reduce((sum, { counts }) => sum + counts["waiting-children"], 0);
  const next = rows[at];
  return {
    ...{ flows: [...found.values()], examined, total: Math.max(total, examined) },
    cursor: next === undefined ? null : `${examined}:${offset}:${next.name}`,
    complete: next === undefined,
    asOf: Date.now(),
  };
};

/** The queues that have somebody waiting, by name: the order a cursor can go on in. */
async function waitingQueues(context: Context, only: string | undefined): Promise<QueueRow[]> {
  if (only !== undefined) return [await requireQueue(context, only)];
  const { queues } = await withBullmq(() => context.runtime.queues.keeper.list());
  return queues.filter(({ counts }) => counts["waiting-children"] > 0).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readCursor(cursor: string | undefined, rows: readonly QueueRow[]) {
  const [, examined, offset, queue] = /^(\d{1,12}):(\d{1,12}):(.+)$/s.exec(cursor ?? "0:0:\0") ?? [];
  if (queue === undefined) throw invalid("cursor: it belongs to no walk");
  const at = rows.findIndex(({ name }) => name >= queue);
  const isThere = rows[at]?.name === queue;
  return { examined: Number(examined), offset: isThere ? Number(offset) : 0, at: at < 0 ? rows.length : at };
}

/** A flow is met by each of its parents: what blocks it must not get lost among those that know nothing of it. */
function keep(found: Map<string, ListedFlow>, flow: ListedFlow): void {
  const key = JSON.stringify([flow.root.queue, flow.root.id]);
  if (!found.get(key)?.blockedBy) found.set(key, flow);
}

/** Of these waiting parents: the flows whose roots they are, and those they block from further down. */
async function flowsOf(context: Context, queue: string, ids: readonly string[]): Promise<ListedFlow[]> {
  const parts = jobParts(context);
  const [isRoot, blockers] = await Promise.all([
    areRoots(parts, queue, ids),
    Promise.all(ids.map((id) => blockerOf(context, queue, id))),
  ]);
  const flows = ids.map(async (id, at): Promise<ListedFlow | null> => {
    const blockedBy = blockers[at] ?? null;
    const own = () => readNode(context, parts.bullmq.key(queue, id), null);
    if (isRoot[at]) return { root: await own(), blockedBy };
    if (blockedBy === null) return null;
    const [root] = await readAncestors(context, queue, id);
    return { root: root ?? (await own()), blockedBy };
  });
  // One that left the set and Redis meanwhile is no flow any more.
  return (await Promise.all(flows)).filter((flow) => flow !== null && flow.root.name !== null) as ListedFlow[];
}

/** Nobody waits for them: they have no parent, or one that is gone or under another prefix. */
async function areRoots(parts: JobParts, queue: string, ids: readonly string[]): Promise<boolean[]> {
  const parentKeys = (await readJobs(parts, queue, ids, ["parentKey"])).map(([key]) => key ?? "");
  const parents = await readFieldsOf(parts, parentKeys, ["name"]);
  return parents.map((fields) => fields?.[0] == null);
}

/** The first child a parent waits for in vain. A failed one stays among those it waits for, unless an option of it says otherwise. */
async function blockerOf(context: Context, queue: string, id: string): Promise<FlowNode | null> {
  const parts = jobParts(context);
  const keys = await childKeys(parts, queue, id, "unprocessed", { start: 0, end: CHILDREN_LOOKED_AT - 1 });
  const children = await readFieldsOf(parts, keys, ["name", "@failed"]);
  // Null: under another prefix, where nothing is known of it.
  const blocker = children.findIndex((fields) => fields !== null && (fields[0] === null || fields[1] !== null));
  return blocker < 0 ? null : readNode(context, keys[blocker]!, "unprocessed");
}
