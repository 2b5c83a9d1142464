import { expect, it } from "vitest";
import type { Instance } from "../contracts/instances.ts";
import {
  arrangeInstances,
  countStates,
  DEFAULT_INSTANCES_VIEW,
  type InstancesView,
  nextSort,
  readInstancesView,
  writeInstancesView,
} from "./instances.ts";

const NOBODY: Instance = {
  ...{ id: "0".repeat(32), name: "nobody", kind: "member", state: "live", heardAt: 0, startedAt: null },
  ...{ host: null, pid: null, application: null, version: null, rssBytes: null, cpuRatio: null, loopDelayMs: null },
  ...{ hitRate: null, clockOffsetMs: null, caches: null, locks: null, warnings: [] },
};
const ALL: Instance[] = [
  { ...NOBODY, id: "a".repeat(32), name: "api-2", state: "late", rssBytes: 20, version: "1.1", warnings: [warning()] },
  { ...NOBODY, id: "b".repeat(32), name: "api-10", rssBytes: 30, host: "kiel", version: "1.0" },
  { ...NOBODY, id: "c".repeat(32), name: "worker", clockOffsetMs: -90 },
];

function warning() {
  return { id: "silent", tone: "warn", text: "Nothing heard for 9 s" } as const;
}

const names = (view: Partial<InstancesView>) =>
  arrangeInstances(ALL, { ...DEFAULT_INSTANCES_VIEW, ...view }).map(({ name }) => name);

it("keeps the order it is given, which is the worst first, until a column is chosen", () => {
  expect(names({})).toEqual(["api-2", "api-10", "worker"]);
  expect(names({ sort: { column: "memory", descending: true } })).toEqual(["api-10", "api-2", "worker"]);
});

it("puts what is not known last, whichever way it sorts", () => {
  expect(names({ sort: { column: "memory", descending: false } })).toEqual(["api-2", "api-10", "worker"]);
  expect(names({ sort: { column: "clock", descending: true } })[0]).toBe("worker");
});

it("finds by name, host, version and id, and by what is wrong", () => {
  expect(names({ q: "API" })).toEqual(["api-2", "api-10"]);
  expect(names({ q: "kiel" })).toEqual(["api-10"]);
  expect(names({ q: "1.1" })).toEqual(["api-2"]);
  expect(names({ q: "cccc" })).toEqual(["worker"]);
  expect(names({ only: "warned" })).toEqual(["api-2"]);
  expect(names({ only: "live" })).toEqual(["api-10", "worker"]);
});

it("says the same view in the address, and leaves out what it does not know", () => {
  const view: InstancesView = { q: "api", only: "late", sort: { column: "cpu", descending: true } };
  expect(readInstancesView(new URLSearchParams(writeInstancesView(view)))).toEqual(view);
  expect(writeInstancesView(DEFAULT_INSTANCES_VIEW)).toBe("");
  expect(readInstancesView(new URLSearchParams("only=dead&sort=-colour"))).toEqual(DEFAULT_INSTANCES_VIEW);
});

it("goes from a column's natural direction to the other, and back to the worst first", () => {
  const first = nextSort(null, "memory");
  expect(first).toEqual({ column: "memory", descending: true });
  const second = nextSort(first, "memory");
  expect(second).toEqual({ column: "memory", descending: false });
  expect(nextSort(second, "memory")).toBeNull();
  expect(nextSort(null, "name")).toEqual({ column: "name", descending: false });
});

it("counts the states", () => {
  expect(Object.fromEntries(countStates(ALL))).toEqual({ late: 1, live: 2 });
});
