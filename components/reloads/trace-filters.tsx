"use client";

import { type ReactNode, useEffect, useState } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { FilterBar } from "@/components/ui/filter-bar";
import { SearchField } from "@/components/ui/search-field";
import { Select } from "@/components/ui/select";
import { PUBLISHERS, type ReloadsView } from "@/lib/client/reloads";
import { changeReloadsView, clearTraceFilters, isFiltered } from "./use-reloads-view";

/** The server filters what it keeps: not at every letter. */
const PAUSE_MS = 250;

const FROM: Record<(typeof PUBLISHERS)[number], string> = {
  member: "Instances",
  console: "Consoles",
  foreign: "Foreign servers",
  unknown: "Unknown",
};

const OPTIONS = [
  { value: "", label: "From anybody" },
  ...PUBLISHERS.map((value) => ({ value, label: FROM[value] })),
] as const;

export function TraceFilters({ view, summary, actions }: { view: ReloadsView; summary: string; actions: ReactNode }) {
  const [trouble, setTrouble] = useState(view.trouble);
  useEffect(() => setTrouble(view.trouble), [view.trouble]);
  return (
    <FilterBar summary={summary} onClear={isFiltered(view) ? clearTraceFilters : null}>
      <SearchField
        label="Cache, table, channel, publisher"
        value={view.search}
        onChange={(search) => changeReloadsView({ search })}
        pauseMs={PAUSE_MS}
        className="w-72 max-sm:w-full"
      />
      <Select
        label="From"
        hideLabel
        value={view.from ?? ""}
        options={OPTIONS}
        onChange={(from) => changeReloadsView({ from: from === "" ? null : from })}
        className="w-40"
      />
      <Checkbox
        label="Trouble only"
        checked={trouble}
        onChange={({ target: { checked } }) => {
          // Ticked at once; the address follows a moment later.
          setTrouble(checked);
          changeReloadsView({ trouble: checked });
        }}
      />
      {actions}
    </FilterBar>
  );
}
