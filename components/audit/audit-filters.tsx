"use client";

import { Search } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { type AuditView, DEFAULT_AUDIT_VIEW, isFiltered, type Period } from "@/lib/client/audit";
import { useHotkey } from "@/lib/client/hotkeys";

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

const TYPING_MS = 300;

export function AuditFilters({
  view,
  onChange,
  summary,
}: {
  view: AuditView;
  onChange: (part: Partial<AuditView>) => void;
  summary: ReactNode;
}) {
  const first = useRef<HTMLInputElement>(null);
  useHotkey("search", () => first.current?.focus());
  return (
    <search className="grid grid-cols-2 items-center gap-2 border-b border-line px-4 py-2 md:flex md:flex-wrap">
      <TypedFilter input={first} label="Target" value={view.target} onChange={(target) => onChange({ target })} wide />
      <TypedFilter label="Who" value={view.who} onChange={(who) => onChange({ who })} />
      <TypedFilter label="Action" value={view.action} onChange={(action) => onChange({ action })} />
      {view.log === "acts" ? (
        <Select
          label="Outcome"
          hideLabel
          className="md:w-34"
          value={view.outcome === "pending" ? "" : (view.outcome ?? "")}
          options={OUTCOME_OPTIONS}
          onChange={(outcome) => onChange({ outcome: outcome || null })}
        />
      ) : null}
      <Select
        label="Period"
        hideLabel
        className="md:w-36"
        value={view.period ?? ""}
        options={PERIOD_OPTIONS}
        onChange={(period) => onChange({ period: period || null })}
      />
      {isFiltered(view) ? (
        <Button variant="ghost" onClick={() => onChange({ ...DEFAULT_AUDIT_VIEW, log: view.log })}>
          Clear filters
        </Button>
      ) : null}
      <p className="col-span-2 text-label text-muted md:ml-auto">{summary}</p>
    </search>
  );
}

/** Waits for a pause in the typing; follows when the view changes elsewhere. */
function TypedFilter({
  label,
  value,
  onChange,
  input,
  wide = false,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  input?: React.RefObject<HTMLInputElement | null>;
  wide?: boolean;
}) {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next.trim()), TYPING_MS);
  };
  return (
    <div className={wide ? "col-span-2 md:w-64" : "md:w-36"}>
      <TextField
        {...(input ? { ref: input } : {})}
        label={label}
        hideLabel
        type="search"
        placeholder={label}
        before={wide ? <Search aria-hidden className="size-3.5" /> : undefined}
        value={text}
        onChange={(event) => type(event.target.value)}
      />
    </div>
  );
}
