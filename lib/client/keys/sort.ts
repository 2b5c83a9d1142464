// Sorting of the rows that are loaded. Redis has no order of keys, so nothing else can be sorted.

import { KEY_CLASSES } from "../../contracts/key-classes.ts";
import type { KeyRow } from "../../contracts/keys.ts";
import type { KeySort, SortColumn } from "./filter-url.ts";

const collator = new Intl.Collator("en", { numeric: true });

type Sortable = string | number | null;

const VALUE_OF: Record<SortColumn, (row: KeyRow) => Sortable> = {
  name: (row) => row.logicalName,
  class: (row) => KEY_CLASSES[row.class].label,
  type: (row) => row.type,
  // No expiry lasts longest.
  ttl: (row) => (row.ttlMs === -1 ? Number.POSITIVE_INFINITY : row.ttlMs),
  memory: (row) => row.memoryBytes,
  length: (row) => row.length,
};

/** A new array in the order asked for; what is unknown goes last either way. */
export function sortRows<Row extends KeyRow>(rows: readonly Row[], sort: KeySort | null): readonly Row[] {
  if (sort === null) return rows;
  const figure = VALUE_OF[sort.column];
  const sign = sort.descending ? -1 : 1;
  return rows.toSorted((a, b) => compare(figure(a), figure(b), sign));
}

function compare(a: Sortable, b: Sortable, sign: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (a === b) return 0;
  if (typeof a === "string" && typeof b === "string") return sign * collator.compare(a, b);
  return sign * (a < b ? -1 : 1);
}

/** The next sort when a column's header is pressed: rising, falling, none. Figures start with the largest. */
export function nextSort(sort: KeySort | null, column: SortColumn): KeySort | null {
  const first = column === "memory" || column === "length";
  if (sort?.column !== column) return { column, descending: first };
  return sort.descending === first ? { column, descending: !first } : null;
}
