"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useHotkey } from "@/lib/client/hotkeys";
import { TextField } from "./text-field";

/**
 * A filter one types. It tells after a pause of `pauseMs`, without blanks around it, and follows when the filter is changed
 * elsewhere. The screen's first one answers to `/` (`main`) and wears the magnifier.
 */
export function SearchField({
  label,
  value,
  onChange,
  pauseMs = 0,
  main = true,
  className = "w-64 max-sm:w-full",
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  pauseMs?: number;
  main?: boolean;
  className?: string;
}) {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  /** What was told and has not come back yet. */
  const told = useRef<readonly string[]>([]);
  const [text, setText] = useState(value);
  useHotkey("search", () => input.current?.focus(), main);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    // What comes back is what was told a moment ago: it must not undo what was typed since.
    const echo = told.current.indexOf(value);
    told.current = echo === -1 ? [] : told.current.slice(echo + 1);
    if (echo !== -1) return;
    clearTimeout(timer.current);
    setText(value);
  }, [value]);
  const tell = (next: string) => {
    if (next === (told.current.at(-1) ?? value)) return;
    told.current = [...told.current, next];
    onChange(next);
  };
  const type = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    if (pauseMs === 0) tell(next.trim());
    else timer.current = setTimeout(() => tell(next.trim()), pauseMs);
  };
  return (
    <div className={className}>
      <TextField
        ref={input}
        label={label}
        hideLabel
        type="search"
        placeholder={label}
        maxLength={200}
        before={main ? <Search aria-hidden className="size-3.5" /> : undefined}
        value={text}
        onChange={(event) => type(event.target.value)}
      />
    </div>
  );
}
