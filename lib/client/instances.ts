// Instances as their screens need them: the questions to the API, and the list's filter and order as a query string.

import { queryOptions } from "@tanstack/react-query";
import { getInstance, type Instance, type InstanceState, listInstances } from "../contracts/instances.ts";
import { call } from "./api.ts";

export const instancesQuery = queryOptions({
  queryKey: ["instances"],
  queryFn: ({ signal }) => call(listInstances, { signal }),
});

export function instanceQuery(id: string) {
  return queryOptions({
    queryKey: ["instances", id],
    queryFn: ({ signal }) => call(getInstance, { params: { id }, signal }),
  });
}

export function instanceHref(id: string): string {
  return `/instances/${id}`;
}

const STATES: readonly InstanceState[] = ["live", "late", "gone", "starting", "draining"];

/** What a column is sorted by; nulls come last in either direction. */
const SORTS = {
  name: ({ name }: Instance) => name.toLowerCase(),
  started: ({ startedAt }: Instance) => startedAt,
  version: ({ version }: Instance) => version,
  memory: ({ rssBytes }: Instance) => rssBytes,
  cpu: ({ cpuRatio }: Instance) => cpuRatio,
  lag: ({ loopDelayMs }: Instance) => loopDelayMs,
  hits: ({ hitRate }: Instance) => hitRate,
  clock: ({ clockOffsetMs }: Instance) => (clockOffsetMs === null ? null : Math.abs(clockOffsetMs)),
  locks: ({ locks }: Instance) => locks,
} as const;
export type SortColumn = keyof typeof SORTS;

export interface InstancesView {
  readonly q: string;
  /** warned: those with something wrong. */
  readonly only: InstanceState | "warned" | null;
  /** Null: the worst first. */
  readonly sort: { readonly column: SortColumn; readonly descending: boolean } | null;
}

export const DEFAULT_INSTANCES_VIEW: InstancesView = { q: "", only: null, sort: null };

export function readInstancesView(query: Pick<URLSearchParams, "get">): InstancesView {
  const only = query.get("only");
  const sort = query.get("sort") ?? "";
  const column = sort.replace("-", "");
  return {
    q: query.get("q") ?? "",
    only: only === "warned" ? only : (STATES.find((state) => state === only) ?? null),
    sort: Object.hasOwn(SORTS, column) ? { column: column as SortColumn, descending: sort.startsWith("-") } : null,
  };
}

export function writeInstancesView({ q, only, sort }: InstancesView): string {
  const query = new URLSearchParams();
  if (q !== "") query.set("q", q);
  if (only !== null) query.set("only", only);
  if (sort !== null) query.set("sort", `${sort.descending ? "-" : ""}${sort.column}`);
  return query.toString();
}

/** A click on a column: figures from the largest, words from A; then the other way round; then back to the worst first. */
export function nextSort(sort: InstancesView["sort"], column: SortColumn): InstancesView["sort"] {
  const descendsFirst = column !== "name" && column !== "version";
  if (sort?.column !== column) return { column, descending: descendsFirst };
  return sort.descending === descendsFirst ? { column, descending: !descendsFirst } : null;
}

/** The instances to show, in their order. */
export function arrangeInstances(all: readonly Instance[], { q, only, sort }: InstancesView): Instance[] {
  const wanted = q.trim().toLowerCase();
  const shown = all.filter(
    (instance) =>
      (only === null || (only === "warned" ? instance.warnings.length > 0 : instance.state === only)) &&
      wordsOf(instance).some((word) => word.toLowerCase().includes(wanted)),
  );
  if (sort === null) return shown;
  const value = SORTS[sort.column];
  return shown.toSorted((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    const order = left < right ? -1 : Number(left > right);
    return sort.descending ? -order : order;
  });
}

function wordsOf({ id, name, host, application, version }: Instance): string[] {
  return [id, name, host, application, version].filter((word) => word !== null);
}

/** How many are in each state. */
export function countStates(instances: readonly Instance[]): ReadonlyMap<InstanceState, number> {
  const counts = new Map<InstanceState, number>();
  for (const { state } of instances) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}
