// The whole state of the keys screen as a query string, so that a link reproduces what the operator saw and Back works.
// What is at its default is left out; what cannot be understood is dropped rather than guessed.

import { KEY_CLASS_IDS, type KeyClass } from "../../contracts/key-classes.ts";
import type { RedisType } from "../../contracts/keys.ts";

const MODES = ["prefix", "glob", "exact"] as const;
export type SearchMode = (typeof MODES)[number];

export const TYPES = ["string", "hash", "list", "set", "zset", "stream"] as const satisfies readonly RedisType[];

const SORTS = ["name", "class", "type", "ttl", "memory", "length"] as const;
export type SortColumn = (typeof SORTS)[number];

export interface KeySort {
  readonly column: SortColumn;
  readonly descending: boolean;
}

export interface KeysView {
  readonly search: string;
  readonly mode: SearchMode;
  readonly classes: readonly KeyClass[];
  readonly types: readonly RedisType[];
  /** none: keys without expiry · any: with one · a number: expiring within so many ms. */
  readonly ttl: "none" | "any" | number | null;
  readonly minBytes: number | null;
  readonly maxBytes: number | null;
  readonly layout: "list" | "tree";
  readonly delimiter: string;
  readonly sort: KeySort | null;
  /** The key in the inspector. */
  readonly k: string | null;
}

export const DEFAULT_VIEW: KeysView = {
  search: "",
  mode: "prefix",
  classes: [],
  types: [],
  ttl: null,
  minBytes: null,
  maxBytes: null,
  layout: "list",
  delimiter: ":",
  sort: null,
  k: null,
};

export function readView(query: URLSearchParams): KeysView {
  return {
    search: query.get("q") ?? "",
    mode: oneOf(MODES, query.get("mode")) ?? "prefix",
    classes: manyOf(KEY_CLASS_IDS, query.get("class")),
    types: manyOf(TYPES, query.get("type")),
    ttl: oneOf(["none", "any"] as const, query.get("ttl")) ?? wholeNumber(query.get("ttl"), 1),
    minBytes: wholeNumber(query.get("min"), 0),
    maxBytes: wholeNumber(query.get("max"), 0),
    layout: query.get("view") === "tree" ? "tree" : "list",
    delimiter: query.get("delimiter") ?? ":",
    sort: readSort(query.get("sort")),
    k: readKey(query.get("k")),
  };
}

export function writeView(view: KeysView): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string | number | null, standard: string | null = null) => {
    if (value !== null && value !== "" && value !== standard) query.set(name, String(value));
  };
  put("q", view.search);
  put("mode", view.mode, "prefix");
  put("class", view.classes.join(","));
  put("type", view.types.join(","));
  put("ttl", view.ttl);
  put("min", view.minBytes);
  put("max", view.maxBytes);
  put("view", view.layout, "list");
  if (view.delimiter !== ":") query.set("delimiter", view.delimiter);
  put("sort", view.sort && `${view.sort.descending ? "-" : ""}${view.sort.column}`);
  put("k", view.k);
  return query.toString();
}

/** The part of a view that the server filters by, in the form of its query string. */
export interface FilterQuery {
  search?: string;
  mode?: SearchMode;
  classes?: string;
  types?: string;
  ttl?: "none" | "any" | number;
  minBytes?: number;
  maxBytes?: number;
}

export function filterQuery(view: KeysView): FilterQuery {
  return {
    ...(view.search && { search: view.search }),
    ...(view.mode !== "prefix" && { mode: view.mode }),
    ...(view.classes.length > 0 && { classes: view.classes.join(",") }),
    ...(view.types.length > 0 && { types: view.types.join(",") }),
    ...(view.ttl !== null && { ttl: view.ttl }),
    ...(view.minBytes !== null && { minBytes: view.minBytes }),
    ...(view.maxBytes !== null && { maxBytes: view.maxBytes }),
  };
}

export function hasFilter(view: KeysView): boolean {
  const { mode, ...rest } = filterQuery(view);
  return Object.keys(rest).length > 0;
}

/** Whether nothing but the choice of classes hides keys. */
export function filtersOnlyClasses(view: KeysView): boolean {
  return !hasFilter({ ...view, classes: [] });
}

/** The same view without anything that hides keys. */
export function withoutFilter(view: KeysView): KeysView {
  const { layout, delimiter, sort, k } = view;
  return { ...DEFAULT_VIEW, layout, delimiter, sort, k };
}

function oneOf<T extends string>(allowed: readonly T[], value: string | null): T | null {
  return allowed.find((item) => item === value) ?? null;
}

function manyOf<T extends string>(allowed: readonly T[], value: string | null): T[] {
  const wanted = new Set((value ?? "").split(","));
  return allowed.filter((item) => wanted.has(item));
}

function wholeNumber(value: string | null, least: number): number | null {
  if (value === null || !/^\d{1,15}$/.test(value)) return null;
  return Number(value) >= least ? Number(value) : null;
}

function readSort(value: string | null): KeySort | null {
  if (value === null) return null;
  const column = oneOf(SORTS, value.replace(/^-/, ""));
  return column && { column, descending: value.startsWith("-") };
}

function readKey(value: string | null): string | null {
  return value !== null && value.length <= 21_848 && /^[A-Za-z0-9_-]+$/.test(value) ? value : null;
}
