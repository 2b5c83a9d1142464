"use client";

import { clsx } from "clsx";
import { type ReactNode, useId } from "react";

/** One of two to five, all in view. Radio buttons underneath: arrows move, Tab leaves. */
export function SegmentedControl<Value extends string>({
  label,
  value,
  options,
  onChange,
  size = "md",
}: {
  label: string;
  value: Value;
  options: readonly { value: Value; label: ReactNode; title?: string; disabled?: boolean }[];
  onChange: (value: Value) => void;
  size?: "md" | "sm";
}) {
  const name = useId();
  return (
    <fieldset
      className={clsx("inline-flex shrink-0 rounded-control bg-hover p-0.5", size === "md" ? "h-8" : "h-7 text-label")}
    >
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          title={option.title}
          className={clsx(
            "flex min-w-6 cursor-pointer items-center justify-center gap-1.5 rounded-sm border px-2 whitespace-nowrap select-none",
            "has-focus-visible:outline-2 has-focus-visible:outline-accent has-disabled:cursor-default has-disabled:opacity-50",
            option.value === value
              ? "border-line-strong bg-panel font-medium"
              : "border-transparent text-muted hover:text-fg",
          )}
        >
          <input
            type="radio"
            className="sr-only"
            name={name}
            value={option.value}
            checked={option.value === value}
            disabled={option.disabled}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
