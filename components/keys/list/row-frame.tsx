import { clsx } from "clsx";
import type { ReactNode } from "react";

export const ROW_HEIGHT = 32;

/** Where the virtualiser puts a row, and whether the keyboard stands on it. */
export interface RowPlace {
  readonly id: string;
  readonly index: number;
  readonly top: number;
  readonly isActive: boolean;
}

const ACTIVE =
  "group-focus-visible/grid:outline-2 group-focus-visible/grid:-outline-offset-2 group-focus-visible/grid:outline-accent";

/** A row is drawn only while it is near the window; the grid handles its clicks and keys. */
export function RowFrame({
  place,
  isOpen = false,
  isSelected = false,
  level,
  expanded,
  children,
}: {
  place: RowPlace;
  isOpen?: boolean;
  isSelected?: boolean;
  level?: number | undefined;
  expanded?: boolean | undefined;
  children: ReactNode;
}) {
  return (
    <tr
      id={place.id}
      data-index={place.index}
      aria-rowindex={place.index + 2}
      aria-selected={isSelected}
      aria-current={isOpen || undefined}
      aria-level={level}
      aria-expanded={expanded}
      className={clsx(
        "absolute inset-x-0 top-0 flex h-8 cursor-default items-center gap-2 border-b border-line pr-4 pl-3",
        isOpen ? "bg-selected" : isSelected ? "bg-sunken" : "hover:bg-hover",
        place.isActive && ACTIVE,
      )}
      style={{ transform: `translateY(${place.top}px)` }}
    >
      {children}
    </tr>
  );
}
