"use client";

import { Search } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { useHotkey } from "@/lib/client/hotkeys";
import { DEFAULT_INSTANCES_VIEW, type InstancesView } from "@/lib/client/instances";

const ONLY_OPTIONS = [
  { value: "", label: "Any state" },
  { value: "warned", label: "With warnings" },
  { value: "live", label: "live" },
  { value: "late", label: "late" },
  { value: "gone", label: "gone" },
  { value: "starting", label: "starting" },
  { value: "draining", label: "draining" },
] as const;

export function InstanceFilters({
  view,
  onChange,
  summary,
}: {
  view: InstancesView;
  onChange: (part: Partial<InstancesView>) => void;
  summary: ReactNode;
}) {
  const search = useRef<HTMLInputElement>(null);
  useHotkey("search", () => search.current?.focus());
  return (
    <search className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
      <div className="w-full sm:w-64">
        <TextField
          ref={search}
          label="Name, host, version or id"
          hideLabel
          type="search"
          placeholder="Name, host, version or id"
          before={<Search aria-hidden className="size-3.5" />}
          value={view.q}
          onChange={(event) => onChange({ q: event.target.value })}
        />
      </div>
      <Select
        label="State"
        hideLabel
        className="w-36"
        value={view.only ?? ""}
        options={ONLY_OPTIONS}
        onChange={(only) => onChange({ only: only || null })}
      />
      {view.q !== "" || view.only !== null ? (
        <Button variant="ghost" onClick={() => onChange({ ...DEFAULT_INSTANCES_VIEW, sort: view.sort })}>
          Clear filters
        </Button>
      ) : null}
      <p className="ml-auto text-label text-muted">{summary}</p>
    </search>
  );
}
