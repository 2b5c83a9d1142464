// One queue's page as a query string: which jobs, which one is open, and what of it.

import { JOB_STATES, type JobState } from "../../contracts/queues.ts";

export const QUEUE_TABS = [...JOB_STATES, "history", "about"] as const;
export type QueueTab = JobState | "history" | "about";

export const SEARCH_IN = ["any", "id", "name", "data", "failure"] as const;
export type SearchIn = (typeof SEARCH_IN)[number];

export const JOB_PARTS = ["job", "stacks", "options", "logs", "flow"] as const;
export type JobPart = (typeof JOB_PARTS)[number];

/** Only a part of a page is ever drawn; a long one costs the server more each time something changes. */
export const PAGE_ROWS = [100, 500, 1_000] as const;
export type PageRows = (typeof PAGE_ROWS)[number];

export interface QueueView {
  /** Null: the first that has something in it. */
  readonly tab: QueueTab | null;
  readonly order: "first" | "last";
  /** The first row of the page, and how many rows it has. */
  readonly from: number;
  readonly rows: PageRows;
  readonly q: string;
  readonly in: SearchIn;
  readonly path: string;
  /** Failed jobs by what they failed of. */
  readonly grouped: boolean;
  /** The job that is open, and what of it. */
  readonly job: string | null;
  readonly part: JobPart;
}

export const DEFAULT_QUEUE_VIEW: QueueView = {
  tab: null,
  order: "last",
  from: 0,
  rows: 100,
  q: "",
  in: "any",
  path: "",
  grouped: false,
  job: null,
  part: "job",
};

export function readQueueView(query: Pick<URLSearchParams, "get">): QueueView {
  const from = Number(query.get("from") ?? 0);
  return {
    tab: QUEUE_TABS.find((tab) => tab === query.get("state")) ?? null,
    order: query.get("order") === "first" ? "first" : "last",
    from: Number.isSafeInteger(from) && from > 0 && from <= 1_000_000_000 ? from : 0,
    rows: PAGE_ROWS.find((rows) => String(rows) === query.get("rows")) ?? 100,
    q: (query.get("q") ?? "").slice(0, 1_000),
    in: SEARCH_IN.find((place) => place === query.get("in")) ?? "any",
    path: (query.get("path") ?? "").slice(0, 300),
    grouped: query.get("by") === "failure",
    job: query.get("job") || null,
    part: JOB_PARTS.find((part) => part === query.get("part")) ?? "job",
  };
}

export function writeQueueView(view: QueueView): string {
  const query = new URLSearchParams();
  if (view.tab !== null) query.set("state", view.tab);
  if (view.order !== "last") query.set("order", view.order);
  if (view.from > 0) query.set("from", String(view.from));
  if (view.rows !== 100) query.set("rows", String(view.rows));
  if (view.q !== "") query.set("q", view.q);
  if (view.in !== "any") query.set("in", view.in);
  if (view.path !== "") query.set("path", view.path);
  if (view.grouped) query.set("by", "failure");
  if (view.job !== null) query.set("job", view.job);
  if (view.job !== null && view.part !== "job") query.set("part", view.part);
  return query.toString();
}

/** Whether jobs are looked for, rather than paged through. */
export function isSearch({ q }: Pick<QueueView, "q">): boolean {
  return q.trim() !== "";
}

/** The tab to begin with: what went wrong, what is at work, what waits. */
export function firstTab(counts: Record<JobState, number>): JobState {
  const order: JobState[] = ["active", "waiting", "prioritized", "failed", "delayed", "waiting-children", "completed"];
  return order.find((state) => counts[state] > 0) ?? "waiting";
}
