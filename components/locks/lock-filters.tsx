"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { TextField } from "@/components/ui/text-field";
import { useHotkey } from "@/lib/client/hotkeys";
import { LOCK_FILTERS, type LocksView } from "@/lib/client/locks";
import type { LockRow } from "@/lib/contracts/locks";
import { changeLocksView } from "./use-locks-view";

export function LockFilters({ locks, view }: { locks: readonly LockRow[]; view: LocksView }) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(view.q);
  useEffect(() => setText(view.q), [view.q]);
  useHotkey("search", () => input.current?.focus());
  const warned = locks.filter(({ warnings }) => warnings.length > 0).length;
  const waited = locks.filter(({ waiters }) => waiters.length > 0).length;
  return (
    <search className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
      <div className="w-64 max-sm:w-full">
        <TextField
          ref={input}
          label="Lock or holder"
          hideLabel
          type="search"
          placeholder="Lock or holder"
          maxLength={200}
          before={<Search aria-hidden className="size-3.5" />}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            changeLocksView({ q: event.target.value });
          }}
        />
      </div>
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
    </search>
  );
}
