// Flows: who waits for whom, read node by node.

import {
  DEPENDENCY_KINDS,
  type DependencyKind,
  type FlowNode,
  type getFlow as flowEndpoint,
} from "../../../contracts/queue-flows.ts";
import type { DependencyCounts } from "../../../contracts/queue-jobs.ts";
import type { Context, Service } from "../../context.ts";
import { confirmText, requireJob, requireQueue } from "../access.ts";
import { firstLine, type JobParts, readFields, toInteger } from "../jobs/fields.ts";
import { readState } from "../jobs/job.ts";
import { jobParts } from "../jobs/jobs.ts";
import { invalid } from "../json.ts";
import { withBullmq } from "../refusal.ts";

const MOST_ANCESTORS = 50;

export const getFlow: Service<typeof flowEndpoint> = async (context, { params, query }) => {
  const { queue, id } = params;
  await requireQueue(context, queue);
  await requireJob(context, queue, id);
  return withBullmq(async () => {
    const { bullmq } = jobParts(context);
    const node = await readNode(context, bullmq.key(queue, id), null);
    const [ancestors, page] = await Promise.all([
      readAncestors(context, queue, id),
      readChildren(context, queue, id, query),
    ]);
    return { ancestors, node, counts: node.counts, ...page };
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
    const keys = await childKeys(jobParts(context), queue, id, current, {
      start,
      end: start + limit - children.length - 1,
    });
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

export async function childKeys(
  { connections, bullmq }: Pick<JobParts, "connections" | "bullmq">,
  queue: string,
  id: string,
  kind: DependencyKind,
  { start, end }: { start: number; end: number },
): Promise<string[]> {
  const key = `${bullmq.key(queue, id)}:${KEPT_IN[kind]}`;
  if (kind === "failed") return connections.run((client) => client.zrange(key, String(start), String(end)));
  const { items } = await connections.run(() => bullmq.backend(queue).paginate(key, { start, end }));
  return items.map((item) => item.id);
}

/** The root first; a job that is gone ends the way up. */
export async function readAncestors(context: Context, queue: string, id: string): Promise<FlowNode[]> {
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
export async function readNode(context: Context, key: string, kind: DependencyKind | null): Promise<FlowNode> {
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
    ...{ counts, children: Object.values(counts).reduce((sum, count) => sum + count, 0) },
    readOnly: context.runtime.queues.isReadOnly(queue),
    confirm: confirmText(context, id),
    addedAt: toInteger(fields.timestamp),
    finishedAt: toInteger(fields.finishedOn),
  };
}

const NOTHING_KNOWN: Omit<FlowNode, "kind"> = {
  ...{ queue: null, id: null, isForeign: true, name: null, failedReason: null, readOnly: true, confirm: null },
  ...{ state: "unknown", counts: { processed: 0, unprocessed: 0, failed: 0, ignored: 0 }, children: 0 },
  ...{ addedAt: null, finishedAt: null },
};

export async function readDependencyCounts(context: Context, queue: string, id: string): Promise<DependencyCounts> {
  const { connections, bullmq } = jobParts(context);
  const kinds = ["processed", "unprocessed", "ignored", "failed"];
  const counts = await connections.run(() => bullmq.backend(queue).getDependencyCounts(id, kinds));
  const [processed = 0, unprocessed = 0, ignored = 0, failed = 0] = counts.map(Number);
  return { processed, unprocessed, ignored, failed };
}
