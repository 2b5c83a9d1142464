import { expect, it } from "vitest";
import type { FlowNode, ListedFlow } from "../../contracts/queue-flows.ts";
import { arrangeFlows, childrenWords, readFlowsView, uniqueFlows, writeFlowsView } from "./flows.ts";

const counts = { processed: 0, unprocessed: 0, failed: 0, ignored: 0 };
const node = (id: string, part: Partial<FlowNode> = {}): FlowNode => ({
  ...{ queue: "orders", id, isForeign: false, name: "order", state: "waiting-children", kind: null },
  ...{ failedReason: null, counts, children: 0, addedAt: 1, finishedAt: null, readOnly: false, confirm: null },
  ...part,
});
const flow = (id: string, addedAt: number, blockedBy: FlowNode | null = null): ListedFlow => ({
  root: node(id, { addedAt }),
  blockedBy,
});
const label = node("9", { queue: "labels", name: "label", state: "failed", failedReason: "printer on fire" });
const ids = (flows: readonly ListedFlow[]) => flows.map(({ root }) => root.id);

it("puts what will not go on by itself first, then what waits longest", () => {
  const flows = [flow("young", 3), flow("old", 1), flow("stuck", 2, label)];
  expect(ids(arrangeFlows(flows, { q: "", only: null }))).toEqual(["stuck", "old", "young"]);
  expect(ids(arrangeFlows(flows, { q: "", only: "blocked" }))).toEqual(["stuck"]);
  expect(ids(arrangeFlows(flows, { q: "Printer", only: null }))).toEqual(["stuck"]);
  expect(ids(arrangeFlows(flows, { q: "oung", only: null }))).toEqual(["young"]);
});

it("takes a flow that was met twice for blocked when one meeting says so", () => {
  const pages = [{ flows: [flow("a", 1), flow("b", 1, label)] }, { flows: [flow("a", 1, label), flow("b", 1)] }];
  expect(uniqueFlows(pages).map(({ blockedBy }) => blockedBy)).toEqual([label, label]);
});

it("keeps the view in a link", () => {
  const view = { q: "a&b", only: "blocked" } as const;
  expect(readFlowsView(new URLSearchParams(writeFlowsView(view)))).toEqual(view);
  expect(writeFlowsView({ q: "", only: null })).toBe("");
});

it("says how far a parent's children are", () => {
  expect(childrenWords(node("a"))).toBe("");
  expect(childrenWords(node("a", { children: 5, counts: { ...counts, processed: 3, ignored: 1 } }))).toBe(
    "3 of 5 done, 1 failed",
  );
});
