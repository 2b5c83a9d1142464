"use client";

import { FilterBar } from "@/components/ui/filter-bar";
import { SearchField } from "@/components/ui/search-field";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { LOCK_FILTERS, type LocksView } from "@/lib/client/locks";
import type { LockRow } from "@/lib/contracts/locks";
import { changeLocksView } from "./use-locks-view";

export function LockFilters({ locks, view }: { locks: readonly LockRow[]; view: LocksView }) {
  const warned = locks.filter(({ warnings }) => warnings.length > 0).length;
  const waited = locks.filter(({ waiters }) => waiters.length > 0).length;
  return (
    <FilterBar>
      <SearchField label="Lock or holder" value={view.q} onChange={(q) => changeLocksView({ q })} />
      <SegmentedControl
        label="Which locks"
        value={view.only ?? "all"}
        options={[
          { value: "all", label: `All ${locks.length}` },
          { value: "warned", label: `To look at ${warned}` },
          { value: "waited", label: `Waited for ${waited}` },
        ]}
        onChange={(next) => changeLocksView({ only: LOCK_FILTERS.find((only) => only === next) ?? null })}
      />
    </FilterBar>
  );
}
