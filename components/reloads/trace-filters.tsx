"use client";

import { Search } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { useHotkey } from "@/lib/client/hotkeys";
import { PUBLISHERS, type ReloadsView } from "@/lib/client/reloads";

const TYPING_MS = 250;

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
  const [text, type] = useTyped(view.search, (search) => onChange({ search }));
  const [trouble, setTrouble] = useState(view.trouble);
  useEffect(() => setTrouble(view.trouble), [view.trouble]);
  useHotkey("search", () => form.current?.querySelector("input")?.focus());
  return (
    <search className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
      <div ref={form} className="w-64 max-sm:w-full">
        <TextField
          label="Search the signals"
          hideLabel
          placeholder="Cache, table, channel, publisher"
          before={<Search aria-hidden className="size-3.5" />}
          value={text}
          onChange={(event) => type(event.target.value)}
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
        checked={trouble}
        onChange={({ target: { checked } }) => {
          // Ticked at once; the address follows a moment later.
          setTrouble(checked);
          onChange({ trouble: checked });
        }}
      />
      <span className="text-label text-muted">{summary}</span>
      <div className="ml-auto flex items-center gap-2">{actions}</div>
    </search>
  );
}

/** Waits for a pause in the typing; follows when the view changes elsewhere. */
function useTyped(value: string, onChange: (value: string) => void): [text: string, type: (text: string) => void] {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next), TYPING_MS);
  };
  return [text, type];
}
