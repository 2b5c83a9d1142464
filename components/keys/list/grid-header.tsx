"use client";

import { clsx } from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import { Checkbox } from "@/components/ui/checkbox";
import type { KeySort, SortColumn } from "@/lib/client/keys/filter-url";
import { nextSort } from "@/lib/client/keys/sort";
import { changeView } from "@/lib/client/keys/view";
import { useKeys } from "../keys-context";
import { COLUMNS } from "./columns";

export const HEADER_HEIGHT = 28;

export function GridHeader({ hidden, listed }: { hidden: ReadonlySet<string>; listed: readonly string[] }) {
  const { view, selection, select } = useKeys();
  const selected = listed.filter((k) => selection.has(k)).length;
  return (
    <thead className="sticky top-0 z-10 block">
      <tr
        aria-rowindex={1}
        className="flex h-7 items-center gap-2 border-b border-line bg-bg pr-4 pl-3 text-label text-muted"
      >
        <td className="flex w-6 shrink-0 justify-center">
          <Checkbox
            label="Select all rows listed"
            hideLabel
            disabled={listed.length === 0}
            checked={selected > 0 && selected === listed.length}
            indeterminate={selected > 0 && selected < listed.length}
            onChange={() => select(new Set(selected === listed.length ? [] : listed))}
          />
        </td>
        <SortHeader column="name" label="Name" sort={view.sort} className="flex min-w-0 flex-1" />
        {COLUMNS.filter(({ id }) => !hidden.has(id)).map(({ id, label, className }) => (
          <SortHeader key={id} column={id} label={label} sort={view.sort} className={clsx("shrink-0", className)} />
        ))}
      </tr>
    </thead>
  );
}

function SortHeader({
  column,
  label,
  sort,
  className,
}: {
  column: SortColumn;
  label: string;
  sort: KeySort | null;
  className: string;
}) {
  const isSorted = sort?.column === column;
  const Arrow = sort?.descending ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      aria-sort={isSorted ? (sort.descending ? "descending" : "ascending") : "none"}
      className={clsx("font-normal", className)}
    >
      <button
        type="button"
        title={`Sort the rows that are loaded by ${label.toLowerCase()}`}
        onClick={() => changeView({ sort: nextSort(sort, column) }, "replace")}
        className={clsx("inline-flex h-6 items-center gap-1 hover:text-fg", isSorted && "font-medium text-fg")}
      >
        {label}
        {isSorted ? <Arrow aria-hidden className="size-3" /> : null}
      </button>
    </th>
  );
}
