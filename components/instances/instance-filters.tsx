"use client";

import type { ReactNode } from "react";
import { FilterBar } from "@/components/ui/filter-bar";
import { SearchField } from "@/components/ui/search-field";
import { Select } from "@/components/ui/select";
import type { InstancesView } from "@/lib/client/instances";
import { changeInstancesView, clearInstanceFilters } from "./use-instances-view";

const ONLY_OPTIONS = [
  { value: "", label: "Any state" },
  { value: "warned", label: "With warnings" },
  { value: "live", label: "live" },
  { value: "late", label: "late" },
  { value: "gone", label: "gone" },
  { value: "starting", label: "starting" },
  { value: "draining", label: "draining" },
] as const;

export function InstanceFilters({ view: { q, only }, summary }: { view: InstancesView; summary: ReactNode }) {
  return (
    <FilterBar summary={summary} onClear={q !== "" || only !== null ? clearInstanceFilters : null}>
      <SearchField label="Name, host, version or id" value={q} onChange={(next) => changeInstancesView({ q: next })} />
      <Select
        label="State"
        hideLabel
        className="w-36"
        value={only ?? ""}
        options={ONLY_OPTIONS}
        onChange={(next) => changeInstancesView({ only: next || null })}
      />
    </FilterBar>
  );
}
