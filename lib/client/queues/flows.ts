// The list of flows as its screen needs it: each flow once, the blocked ones first, and the view as a query string.

import type { FlowNode, ListedFlow } from "../../contracts/queue-flows.ts";
import { formatCount } from "../format.ts";

export interface FlowsView {
  readonly q: string;
  readonly only: "blocked" | null;
}

export function readFlowsView(query: Pick<URLSearchParams, "get">): FlowsView {
  return { q: query.get("q") ?? "", only: query.get("only") === "blocked" ? "blocked" : null };
}

export function writeFlowsView({ q, only }: FlowsView): string {
  const query = new URLSearchParams();
  if (q !== "") query.set("q", q);
  if (only !== null) query.set("only", only);
  return query.toString();
}

export function flowKey({ queue, id }: Pick<FlowNode, "queue" | "id">): string {
  return JSON.stringify([queue, id]);
}

/** The pages of a walk together: a flow that was met twice is blocked when one of the meetings says so. */
export function uniqueFlows(pages: readonly { readonly flows: readonly ListedFlow[] }[]): ListedFlow[] {
  const found = new Map<string, ListedFlow>();
  for (const flow of pages.flatMap(({ flows }) => flows))
    if (!found.get(flowKey(flow.root))?.blockedBy) found.set(flowKey(flow.root), flow);
  return [...found.values()];
}

/** What will not go on by itself comes first, and the longest waiting first among its like. */
export function arrangeFlows(flows: readonly ListedFlow[], { q, only }: FlowsView): ListedFlow[] {
  const wanted = q.trim().toLowerCase();
  const matches = ({ root, blockedBy }: ListedFlow) =>
    [root.name, root.queue, root.id, blockedBy?.name, blockedBy?.queue, blockedBy?.id, blockedBy?.failedReason].some(
      (text) => text?.toLowerCase().includes(wanted),
    );
  return flows
    .filter((flow) => (only === null || flow.blockedBy !== null) && (wanted === "" || matches(flow)))
    .sort(
      (a, b) =>
        Number(b.blockedBy !== null) - Number(a.blockedBy !== null) || (a.root.addedAt ?? 0) - (b.root.addedAt ?? 0),
    );
}

/** `3 of 5 done, 1 failed`; nothing for a job without children. */
export function childrenWords({ counts, children }: Pick<FlowNode, "counts" | "children">): string {
  if (children === 0) return "";
  const failed = counts.failed + counts.ignored;
  const done = `${formatCount(counts.processed)} of ${formatCount(children)} done`;
  return failed === 0 ? done : `${done}, ${formatCount(failed)} failed`;
}
