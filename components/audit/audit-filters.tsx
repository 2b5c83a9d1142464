"use client";

import type { ReactNode } from "react";
import { FilterBar } from "@/components/ui/filter-bar";
import { SearchField } from "@/components/ui/search-field";
import { Select } from "@/components/ui/select";
import { type AuditView, DEFAULT_AUDIT_VIEW, isFiltered, type Period } from "@/lib/client/audit";
import { changeAuditView } from "./use-audit-view";

const PERIOD_OPTIONS = [
  { value: "", label: "Any time" },
  { value: "1h", label: "Last hour" },
  { value: "24h", label: "Last 24 hours" },
  { value: "7d", label: "Last 7 days" },
] as const satisfies { value: Period | ""; label: string }[];

const OUTCOME_OPTIONS = [
  { value: "", label: "Any outcome" },
  { value: "ok", label: "ok" },
  { value: "refused", label: "refused" },
  { value: "failed", label: "failed" },
] as const;

/** Each answer reads up to thousands of records: not one at every letter. */
const PAUSE_MS = 300;

export function AuditFilters({ view, summary }: { view: AuditView; summary: ReactNode }) {
  const { log, target, who, action, outcome, period } = view;
  return (
    <FilterBar
      className="max-md:grid max-md:grid-cols-2"
      summary={summary}
      onClear={isFiltered(view) ? () => changeAuditView({ ...DEFAULT_AUDIT_VIEW, log }) : null}
    >
      <SearchField
        label="Target"
        value={target}
        onChange={(next) => changeAuditView({ target: next })}
        pauseMs={PAUSE_MS}
        className="col-span-2 md:w-64"
      />
      <SearchField
        label="Who"
        main={false}
        value={who}
        onChange={(next) => changeAuditView({ who: next })}
        pauseMs={PAUSE_MS}
        className="md:w-36"
      />
      <SearchField
        label="Action"
        main={false}
        value={action}
        onChange={(next) => changeAuditView({ action: next })}
        pauseMs={PAUSE_MS}
        className="md:w-36"
      />
      {log === "acts" ? (
        <Select
          label="Outcome"
          hideLabel
          className="md:w-34"
          value={outcome === "pending" ? "" : (outcome ?? "")}
          options={OUTCOME_OPTIONS}
          onChange={(next) => changeAuditView({ outcome: next || null })}
        />
      ) : null}
      <Select
        label="Period"
        hideLabel
        className="md:w-36"
        value={period ?? ""}
        options={PERIOD_OPTIONS}
        onChange={(next) => changeAuditView({ period: next || null })}
      />
    </FilterBar>
  );
}
