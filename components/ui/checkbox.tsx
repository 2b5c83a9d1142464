"use client";

import { clsx } from "clsx";
import { type ComponentProps, type ReactNode, useEffect, useRef } from "react";

/** A tick, with its words beside it or hidden. `indeterminate`: some of what it stands for. */
export function Checkbox({
  label,
  hideLabel = false,
  indeterminate = false,
  className,
  ...rest
}: Omit<ComponentProps<"input">, "type"> & { label: ReactNode; hideLabel?: boolean; indeterminate?: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current) input.current.indeterminate = indeterminate;
  }, [indeterminate]);
  return (
    <label className={clsx("inline-flex min-h-6 min-w-6 items-center gap-2", className)}>
      <input ref={input} {...rest} type="checkbox" className="size-4 shrink-0 accent-accent" />
      <span className={hideLabel ? "sr-only" : undefined}>{label}</span>
    </label>
  );
}
