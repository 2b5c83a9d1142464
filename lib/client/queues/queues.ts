// The list of queues as its screen needs it: filter, order and groups, and the view as a query string.

import { queryOptions } from "@tanstack/react-query";
import { listQueueTrends, type QueueTrend } from "../../contracts/queue-history.ts";
import { listQueues, type PrefixMismatch, type QueueList, type QueueRow } from "../../contracts/queues.ts";
import { call } from "../api.ts";
import type { JobPart } from "./view.ts";
import { backlogOf, type Trouble, troublesOf } from "./words.ts";

export const queuesQuery = queryOptions({
  queryKey: ["queues", "list"],
  queryFn: ({ signal }) => call(listQueues, { query: {}, signal }),
});

/** The last hour of every queue; not below ["queues"]: it moves by the minute, not by the job. */
export const queueTrendsQuery = queryOptions({
  queryKey: ["queue-trends"],
  queryFn: ({ signal }) => call(listQueueTrends, { signal }),
  staleTime: 30_000,
});

export type Trends = ReadonlyMap<string, QueueTrend>;

/** Names that are pages of their own; a queue of that name has its page one level down. */
const TAKEN = new Set(["schedulers", "flows"]);

export function queueHref(name: string, query = ""): string {
  const path = `/queues/${encodeURIComponent(name)}${TAKEN.has(name) ? "/jobs" : ""}`;
  return query === "" ? path : `${path}?${query}`;
}

export function jobHref(queue: string, id: string, part?: JobPart): string {
  return queueHref(queue, new URLSearchParams({ job: id, ...(part && { part }) }).toString());
}

export interface ListedQueue {
  readonly row: QueueRow;
  readonly troubles: readonly Trouble[];
}

const SORTS = {
  name: ({ row }: ListedQueue) => row.name.toLowerCase(),
  active: ({ row }: ListedQueue) => row.counts.active,
  waiting: ({ row }: ListedQueue) => backlogOf(row),
  delayed: ({ row }: ListedQueue) => row.counts.delayed,
  children: ({ row }: ListedQueue) => row.counts["waiting-children"],
  failed: ({ row }: ListedQueue) => row.counts.failed,
  completed: ({ row }: ListedQueue) => row.counts.completed,
  workers: ({ row }: ListedQueue) => row.workers,
  oldest: ({ row }: ListedQueue) => (row.oldestWaitingAt === null ? null : row.asOf - row.oldestWaitingAt),
} as const;
export type QueueColumn = keyof typeof SORTS;

export const QUEUE_FILTERS = ["trouble", "paused", "failed", "idle-workers"] as const;
export type QueueFilter = (typeof QUEUE_FILTERS)[number];

export interface QueuesView {
  readonly q: string;
  readonly only: QueueFilter | null;
  /** Null: the worst first. */
  readonly sort: { readonly column: QueueColumn; readonly descending: boolean } | null;
  readonly grouped: boolean;
}

export const DEFAULT_QUEUES_VIEW: QueuesView = { q: "", only: null, sort: null, grouped: false };

export function readQueuesView(query: Pick<URLSearchParams, "get">): QueuesView {
  const sort = query.get("sort") ?? "";
  const column = sort.replace("-", "");
  return {
    q: query.get("q") ?? "",
    only: QUEUE_FILTERS.find((only) => only === query.get("only")) ?? null,
    sort: Object.hasOwn(SORTS, column) ? { column: column as QueueColumn, descending: sort.startsWith("-") } : null,
    grouped: query.get("group") === "1",
  };
}

export function writeQueuesView({ q, only, sort, grouped }: QueuesView): string {
  const query = new URLSearchParams();
  if (q !== "") query.set("q", q);
  if (only !== null) query.set("only", only);
  if (sort !== null) query.set("sort", `${sort.descending ? "-" : ""}${sort.column}`);
  if (grouped) query.set("group", "1");
  return query.toString();
}

/** A click on a column: figures from the largest, names from A; then the other way round; then the worst first again. */
export function nextQueueSort(sort: QueuesView["sort"], column: QueueColumn): QueuesView["sort"] {
  const descendsFirst = column !== "name" && column !== "workers";
  if (sort?.column !== column) return { column, descending: descendsFirst };
  return sort.descending === descendsFirst ? { column, descending: !descendsFirst } : null;
}

/** Every queue with what is wrong with it. */
export function listedQueues({ queues, mismatches }: Pick<QueueList, "queues" | "mismatches">): ListedQueue[] {
  return queues.map((row) => ({ row, troubles: troublesOf(row, mismatches) }));
}

/** Whether somebody should look at it: failures of the past alone are no alarm. */
export function isTroubled({ troubles }: ListedQueue): boolean {
  return troubles.some(({ weight }) => weight >= 20);
}

const MATCHES: Record<QueueFilter, (queue: ListedQueue) => boolean> = {
  trouble: isTroubled,
  paused: ({ row }) => row.isPaused,
  failed: ({ row }) => row.counts.failed > 0,
  "idle-workers": ({ row }) => row.workers === 0,
};

export function matchesFilter(queue: ListedQueue, only: QueueFilter | null): boolean {
  return only === null || MATCHES[only](queue);
}

/** The queues to show, in their order; nulls come last in either direction. */
export function arrangeQueues(all: readonly ListedQueue[], { q, only, sort }: QueuesView): ListedQueue[] {
  const wanted = q.trim().toLowerCase();
  const shown = all.filter((queue) => matchesFilter(queue, only) && queue.row.name.toLowerCase().includes(wanted));
  const byName = (a: ListedQueue, b: ListedQueue) => compare(SORTS.name(a), SORTS.name(b));
  if (sort === null) return shown.toSorted((a, b) => gravityOf(b) - gravityOf(a) || byName(a, b));
  const value = SORTS[sort.column];
  return shown.toSorted((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null) || byName(a, b);
    const order = compare(left, right);
    return (sort.descending ? -order : order) || byName(a, b);
  });
}

function gravityOf({ troubles }: ListedQueue): number {
  return troubles.reduce((most, { weight }) => Math.max(most, weight), 0);
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : Number(a > b);
}

export interface QueueGroup {
  /** What the names begin with; null: those that share it with no other. */
  readonly prefix: string | null;
  readonly queues: readonly ListedQueue[];
}

/** Queues by the first part of their names, in the order of their first queue; single ones come last, together. */
export function groupQueues(queues: readonly ListedQueue[]): QueueGroup[] {
  const groups = new Map<string, ListedQueue[]>();
  for (const queue of queues) {
    const prefix = /^(.+?)[.\-_/~ ]/.exec(queue.row.name)?.[1] ?? queue.row.name;
    groups.set(prefix, [...(groups.get(prefix) ?? []), queue]);
  }
  const shared = [...groups].filter(([, { length }]) => length > 1);
  const single = [...groups.values()].filter(({ length }) => length === 1).flat();
  return [
    ...shared.map(([prefix, members]) => ({ prefix, queues: members })),
    ...(single.length > 0 ? [{ prefix: null, queues: single }] : []),
  ];
}

/** Workers wait for queues that this namespace does not have: their producers use another prefix, or nobody produces. */
export function strayMismatches({ queues, mismatches }: Pick<QueueList, "queues" | "mismatches">): PrefixMismatch[] {
  const known = new Set(queues.map(({ name }) => name));
  return mismatches.filter(({ queue }) => !known.has(queue));
}
