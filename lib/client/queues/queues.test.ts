import { expect, it } from "vitest";
import type { QueueRow } from "../../contracts/queues.ts";
import {
  arrangeQueues,
  DEFAULT_QUEUES_VIEW,
  groupQueues,
  listedQueues,
  nextQueueSort,
  queueHref,
  readQueuesView,
  strayMismatches,
  writeQueuesView,
} from "./queues.ts";
import { troublesOf } from "./words.ts";

const NOW = 1_800_000_000_000;

function queue(
  name: string,
  part: Partial<Omit<QueueRow, "counts">> & { counts?: Partial<QueueRow["counts"]> } = {},
): QueueRow {
  const none = { active: 0, waiting: 0, prioritized: 0, delayed: 0, paused: 0, completed: 0, failed: 0 };
  return {
    name,
    isPaused: false,
    workers: 1,
    oldestWaitingAt: null,
    globalConcurrency: null,
    rateLimit: null,
    readOnly: false,
    version: null,
    asOf: NOW,
    ...part,
    counts: { ...none, "waiting-children": 0, ...part.counts },
  };
}

const arrange = (queues: QueueRow[], part = {}) =>
  arrangeQueues(listedQueues({ queues, mismatches: [] }), { ...DEFAULT_QUEUES_VIEW, ...part }).map(
    ({ row }) => row.name,
  );

it("puts the worst first: nobody works, then late, then held back, then failures", () => {
  const queues = [
    queue("calm"),
    queue("failed", { counts: { failed: 900 } }),
    queue("paused", { isPaused: true, counts: { waiting: 3 } }),
    queue("late", { oldestWaitingAt: NOW - 600_000, counts: { waiting: 1 } }),
    queue("alone", { workers: 0, counts: { waiting: 1 } }),
  ];
  expect(arrange(queues)).toEqual(["alone", "late", "paused", "failed", "calm"]);
});

it("does not miss workers where there is nothing to do, nor where they cannot be known", () => {
  expect(troublesOf(queue("idle", { workers: 0 }), [])).toEqual([]);
  expect(troublesOf(queue("unknown", { workers: null, counts: { waiting: 5 } }), [])).toEqual([]);
});

it("tells where to resume what an application of BullMQ 5 would resume with a loss", () => {
  const sentence = (version: string) =>
    troublesOf(queue("mail", { isPaused: true, version, counts: { waiting: 5 } }), [])[0]?.sentence;
  expect(sentence("bullmq:5.79.1")).toMatch(/^Paused with 5 jobs held back\. Resume it here/);
  expect(sentence("bullmq:6.7.0")).toBe("Paused with 5 jobs held back.");
});

it("says in words that workers wait under another prefix", () => {
  const [worst] = troublesOf(queue("mail"), [{ queue: "mail", prefix: "bull", workers: 2 }]);
  expect(worst?.sentence).toBe(
    "2 workers of a queue of this name wait under the prefix “bull” and will never see these jobs.",
  );
});

it("tells of workers that wait for a queue that is not here", () => {
  const stray = { queue: "gone", prefix: "bull", workers: 1 };
  expect(strayMismatches({ queues: [queue("mail")], mismatches: [{ ...stray, queue: "mail" }, stray] })).toEqual([
    stray,
  ]);
});

it("sorts by a column, unknown figures last in either direction", () => {
  const queues = [queue("a", { workers: null }), queue("b", { workers: 3 }), queue("c", { workers: 1 })];
  expect(arrange(queues, { sort: { column: "workers", descending: false } })).toEqual(["c", "b", "a"]);
  expect(arrange(queues, { sort: { column: "workers", descending: true } })).toEqual(["b", "c", "a"]);
});

it("goes from a column to its other direction and back to the worst first", () => {
  const first = nextQueueSort(null, "failed");
  const second = nextQueueSort(first, "failed");
  expect([first, second, nextQueueSort(second, "failed")]).toEqual([
    { column: "failed", descending: true },
    { column: "failed", descending: false },
    null,
  ]);
});

it("groups names by their first part, and leaves single ones together at the end", () => {
  const listed = listedQueues({ queues: ["media.a", "mail", "media.b"].map((name) => queue(name)), mismatches: [] });
  const groups = groupQueues(listed).map(({ prefix, queues }) => [prefix, queues.map(({ row }) => row.name)]);
  expect(groups).toEqual([
    ["media", ["media.a", "media.b"]],
    [null, ["mail"]],
  ]);
});

it("keeps the view in a link, and ignores what no link says", () => {
  const view = { q: "ma", only: "paused", sort: { column: "failed", descending: true }, grouped: true } as const;
  expect(readQueuesView(new URLSearchParams(writeQueuesView(view)))).toEqual(view);
  expect(readQueuesView(new URLSearchParams("only=x&sort=constructor"))).toEqual(DEFAULT_QUEUES_VIEW);
  expect(writeQueuesView(DEFAULT_QUEUES_VIEW)).toBe("");
});

it("links to queues whatever their names are", () => {
  expect(queueHref("a/b c")).toBe("/queues/a%2Fb%20c");
  expect(queueHref("schedulers", "state=failed")).toBe("/queues/schedulers/jobs?state=failed");
});
