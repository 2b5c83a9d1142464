"use client";

import { Search } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { useHotkey } from "@/lib/client/hotkeys";
import { PUBLISHERS, type ReloadsView } from "@/lib/client/reloads";

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

export function TraceFilters({
  view,
  onChange,
  summary,
  actions,
}: {
  view: ReloadsView;
  onChange: (part: Partial<ReloadsView>) => void;
  summary: string;
  actions: ReactNode;
}) {
  const form = useRef<HTMLDivElement>(null);
  useHotkey("search", () => form.current?.querySelector("input")?.focus());
  return (
    <search className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
      <div ref={form} className="w-64 max-sm:w-full">
        <TextField
          label="Search the signals"
          hideLabel
          placeholder="Cache, table, channel, publisher"
          before={<Search aria-hidden className="size-3.5" />}
          value={view.search}
          onChange={(event) => onChange({ search: event.target.value })}
        />
      </div>
      <Select
        label="From"
        hideLabel
        value={view.from ?? ""}
        options={OPTIONS}
        onChange={(from) => onChange({ from: from === "" ? null : from })}
        className="w-40"
      />
      <Checkbox
        label="Trouble only"
        checked={view.trouble}
        onChange={(event) => onChange({ trouble: event.target.checked })}
      />
      <span className="text-label text-muted">{summary}</span>
      <div className="ml-auto flex items-center gap-2">{actions}</div>
    </search>
  );
}
