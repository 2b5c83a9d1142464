// Flows: who waits for whom, read node by node, and the ways to unblock a parent.

import {
  type removeChildDependency as cutEndpoint,
  DEPENDENCY_KINDS,
  type DependencyKind,
  type FlowNode,
  type getFlow as flowEndpoint,
  type removeUnprocessedChildren as removeEndpoint,
} from "../../contracts/queue-flows.ts";
import type { DependencyCounts } from "../../contracts/queue-jobs.ts";
import { ApiError, type Context, type Service } from "../context.ts";
import { change, jobNotFound, refuseReadOnly, requireQueue } from "./access.ts";
import { readState } from "./job.ts";
import { firstLine, readFields, toInteger } from "./job-fields.ts";
import { requireJob } from "./job-logs.ts";
import { jobParts } from "./jobs.ts";
import { invalid } from "./json.ts";
import { withBullmq } from "./refusal.ts";

const MOST_ANCESTORS = 50;

export const getFlow: Service<typeof flowEndpoint> = async (context, { params, query }) => {
  const { queue, id } = params;
  await requireQueue(context, queue);
  return withBullmq(async () => {
    const { bullmq } = jobParts(context);
    const node = await readNode(context, bullmq.key(queue, id), null);
    if (node.name === null) throw jobNotFound(id);
    const [ancestors, counts, page] = await Promise.all([
      readAncestors(context, queue, id),
      readDependencyCounts(context, queue, id),
      readChildren(context, queue, id, query),
    ]);
    return { ancestors, node, counts, ...page };
  });
};

/** What each kind of child is kept in, behind the parent's key. */
const KEPT_IN: Record<DependencyKind, string> = {
  unprocessed: "dependencies",
  processed: "processed",
  failed: "unsuccessful",
  ignored: "failed",
};

async function readChildren(
  context: Context,
  queue: string,
  id: string,
  { kind, cursor, limit }: { kind?: DependencyKind | undefined; cursor?: string | undefined; limit: number },
): Promise<{ children: FlowNode[]; cursor: string | null }> {
  const kinds = kind === undefined ? DEPENDENCY_KINDS : [kind];
  let [at, start] = readCursor(cursor, kinds.length);
  const children: FlowNode[] = [];
  while (at < kinds.length && children.length < limit) {
    const current = kinds[at]!;
    const keys = await childKeys(context, queue, id, current, { start, end: start + limit - children.length - 1 });
    children.push(...(await Promise.all(keys.map((key) => readNode(context, key, current)))));
    start += keys.length;
    if (children.length >= limit) break;
    at++;
    start = 0;
  }
  return { children, cursor: children.length < limit ? null : `${at}:${start}` };
}

function readCursor(cursor: string | undefined, kinds: number): [kind: number, start: number] {
  const [, kind, start] = /^(\d):(\d{1,9})$/.exec(cursor ?? "0:0") ?? [];
  if (kind === undefined || Number(kind) >= kinds) throw invalid("cursor: it belongs to no flow");
  return [Number(kind), Number(start)];
}

async function childKeys(
  context: Context,
  queue: string,
  id: string,
  kind: DependencyKind,
  { start, end }: { start: number; end: number },
): Promise<string[]> {
  const { connections, bullmq } = jobParts(context);
  const key = `${bullmq.key(queue, id)}:${KEPT_IN[kind]}`;
  if (kind === "failed") return connections.run((client) => client.zrange(key, String(start), String(end)));
  const { items } = await connections.run(() => bullmq.backend(queue).paginate(key, { start, end }));
  return items.map((item) => item.id);
}

async function readAncestors(context: Context, queue: string, id: string): Promise<FlowNode[]> {
  const parts = jobParts(context);
  const ancestors: FlowNode[] = [];
  const seen = new Set<string>();
  let { parentKey } = await readFields(parts, queue, id);
  while (parentKey && !seen.has(parentKey) && ancestors.length < MOST_ANCESTORS) {
    seen.add(parentKey);
    const parent = parts.bullmq.parseJobKey(parentKey);
    ancestors.unshift(await readNode(context, parentKey, null));
    parentKey = parent === null ? null : (await readFields(parts, parent.queue, parent.id)).parentKey;
  }
  return ancestors;
}

/** One job of a flow; of another namespace's nothing is read. */
async function readNode(context: Context, key: string, kind: DependencyKind | null): Promise<FlowNode> {
  const parts = jobParts(context);
  const link = parts.bullmq.parseJobKey(key);
  if (link === null) return { ...NOTHING_KNOWN, kind };
  const { queue, id } = link;
  const [fields, state, counts] = await Promise.all([
    readFields(parts, queue, id),
    parts.connections.run(() => readState(parts.bullmq, queue, id)),
    readDependencyCounts(context, queue, id),
  ]);
  return {
    ...{ queue, id, isForeign: false, state, kind },
    name: fields.name,
    failedReason: fields.failedReason === null ? null : firstLine(fields.failedReason, parts.mask),
    children: Object.values(counts).reduce((sum, count) => sum + count, 0),
    addedAt: toInteger(fields.timestamp),
    finishedAt: toInteger(fields.finishedOn),
  };
}

const NOTHING_KNOWN: Omit<FlowNode, "kind"> = {
  ...{ queue: null, id: null, isForeign: true, name: null, failedReason: null },
  ...{ state: "unknown", children: 0, addedAt: null, finishedAt: null },
};

async function readDependencyCounts(context: Context, queue: string, id: string): Promise<DependencyCounts> {
  const { connections, bullmq } = jobParts(context);
  const kinds = ["processed", "unprocessed", "ignored", "failed"];
  const counts = await connections.run(() => bullmq.backend(queue).getDependencyCounts(id, kinds));
  const [processed = 0, unprocessed = 0, ignored = 0, failed = 0] = counts.map(Number);
  return { processed, unprocessed, ignored, failed };
}

export const removeUnprocessedChildren: Service<typeof removeEndpoint> = async (context, { params, body }) => {
  const { queue, id } = params;
  const { connections, queues } = context.runtime;
  const about = {
    queue,
    action: "queues.remove-children",
    part: id,
    reason: body.reason,
    typed: { name: id, confirm: body.confirm },
  };
  const [before, after] = await change(
    context,
    about,
    async () => {
      await requireJob(context, queue, id);
      await requireOwnChildren(context, queue, id, ["unprocessed"]);
      const unprocessed = async () => (await readDependencyCounts(context, queue, id)).unprocessed;
      const had = await unprocessed();
      await queues.bullmq.backend(queue).removeUnprocessedChildren(id);
      return [had, await unprocessed()] as const;
    },
    ([had, has]) => `${had - has} removed, ${has} left`,
  );
  const state = await connections.run(() => readState(queues.bullmq, queue, id));
  return { id, state, removed: before - after, left: after };
};

const MOST_CHILDREN = 10_000;

/**
 * BullMQ removes children wherever they are; from here nothing is done under another prefix, or in a read-only queue.
 * @throws {ApiError} CONFLICT, READ_ONLY_QUEUE
 */
export async function requireOwnChildren(
  context: Context,
  queue: string,
  id: string,
  kinds: readonly DependencyKind[] = DEPENDENCY_KINDS,
): Promise<void> {
  const { bullmq } = jobParts(context);
  for (const kind of kinds) {
    const keys = await childKeys(context, queue, id, kind, { start: 0, end: MOST_CHILDREN });
    if (keys.length > MOST_CHILDREN)
      throw new ApiError("CONFLICT", `This job has more than ${MOST_CHILDREN} children.`);
    const links = keys.map((key) => bullmq.parseJobKey(key));
    if (links.includes(null)) throw new ApiError("CONFLICT", "Some of its children are under another prefix.");
    for (const child of new Set(links.map((link) => link!.queue))) refuseReadOnly(context, child);
  }
}

export const removeChildDependency: Service<typeof cutEndpoint> = async (context, { params, body }) => {
  const { queue, id } = params;
  const parts = jobParts(context);
  const { bullmq, connections } = parts;
  const about = { queue, action: "queues.remove-dependency", part: id, reason: body.reason };
  const parent = await change(context, about, async () => {
    const { name, parentKey } = await readFields(parts, queue, id);
    if (name === null) throw jobNotFound(id);
    if (!parentKey) throw new ApiError("JOB_STATE_CHANGED", `No job waits for job ${id}.`);
    const link = bullmq.parseJobKey(parentKey);
    if (link === null) throw new ApiError("CONFLICT", "Its parent is under another prefix.");
    refuseReadOnly(context, link.queue);
    if (!(await bullmq.backend(queue).removeChildDependency(id, parentKey)))
      throw new ApiError("JOB_STATE_CHANGED", `Its parent no longer waits for job ${id}.`);
    return link;
  });
  context.runtime.queues.keeper.changed(parent.queue);
  return { id, state: await connections.run(() => readState(bullmq, queue, id)) };
};
