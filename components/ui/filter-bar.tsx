import { clsx } from "clsx";
import type { ReactNode } from "react";
import { Button } from "./button";

/** The filters above a list, and what they left of it. `onClear` null: nothing is filtered. */
export function FilterBar({
  summary,
  onClear = null,
  className,
  children,
}: {
  summary?: ReactNode;
  onClear?: (() => void) | null;
  className?: string;
  children: ReactNode;
}) {
  return (
    <search className={clsx("flex flex-wrap items-center gap-2 border-b border-line px-4 py-2", className)}>
      {children}
      {onClear ? (
        <Button variant="ghost" onClick={onClear}>
          Clear filters
        </Button>
      ) : null}
      {summary ? <p className="col-span-full text-label text-muted sm:ml-auto">{summary}</p> : null}
    </search>
  );
}
