"use client";

import { clsx } from "clsx";
import { ChevronsUpDown } from "lucide-react";
import { type ReactNode, useId } from "react";
import { FIELD, Field, fieldProps } from "./field";

/** One of a few. The platform's own list: right on phones, with every keyboard and screen reader. */
export function Select<Value extends string>({
  label,
  hideLabel = false,
  hint,
  value,
  options,
  onChange,
  disabled = false,
  className,
}: {
  label: ReactNode;
  hideLabel?: boolean;
  hint?: ReactNode;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
  disabled?: boolean;
  className?: string;
}) {
  const id = useId();
  return (
    <Field id={id} label={label} hideLabel={hideLabel} hint={hint}>
      <div className={clsx("relative", className)}>
        <select
          {...fieldProps(id, { hint })}
          value={value}
          disabled={disabled}
          onChange={(event) => onChange(event.target.value as Value)}
          className={clsx(FIELD, "h-8 appearance-none border-line-strong pr-7 pl-2.5 text-body hover:bg-hover")}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronsUpDown
          aria-hidden
          className="pointer-events-none absolute top-1/2 right-2 size-3.5 -translate-y-1/2 text-muted"
        />
      </div>
    </Field>
  );
}
