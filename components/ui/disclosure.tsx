import { clsx } from "clsx";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { WideCell } from "./wide-cell";

/** Opens the details under its row; j and k stop here. */
export function Disclosure({
  open,
  onToggle,
  details,
  className,
  children,
}: {
  open: boolean;
  onToggle: () => void;
  /** The id of what it opens. */
  details: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      data-row
      aria-expanded={open}
      aria-controls={open ? details : undefined}
      onClick={onToggle}
      className={clsx("flex h-7 w-full items-center gap-1.5 text-left", className)}
    >
      <ChevronRight aria-hidden className={clsx("size-3.5 shrink-0 text-muted", open && "rotate-90")} />
      {children}
    </button>
  );
}

/** A row of its own, as wide as the table, for what belongs to the row above. */
export function UnderRow({
  id,
  columns,
  className = "",
  children,
}: {
  id?: string;
  columns: number;
  className?: string;
  children: ReactNode;
}) {
  return (
    <tr id={id} className="border-b border-line">
      <WideCell most={columns} className={className}>
        {children}
      </WideCell>
    </tr>
  );
}
