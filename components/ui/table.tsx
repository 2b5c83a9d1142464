import { clsx } from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";

/** A dense table that scrolls sideways by itself on narrow pages. Rows are 32 px. */
export function Table({ label, className, children, ...rest }: ComponentProps<"table"> & { label: string }) {
  return (
    <div className="overflow-x-auto">
      <table {...rest} aria-label={label} className={clsx("w-full border-collapse text-left", className)}>
        {children}
      </table>
    </div>
  );
}

export function HeadCell({
  figure = false,
  sort,
  onSort,
  className,
  children,
  ...rest
}: ComponentProps<"th"> & {
  figure?: boolean;
  sort?: "ascending" | "descending" | null;
  onSort?: () => void;
}) {
  return (
    <th
      scope="col"
      {...rest}
      aria-sort={onSort ? (sort ?? "none") : undefined}
      className={clsx(
        "h-7 border-b border-line px-2 text-label font-normal whitespace-nowrap text-muted first:pl-4 last:pr-4",
        figure && "text-right",
        className,
      )}
    >
      {onSort ? (
        <SortButton figure={figure} sort={sort ?? null} onSort={onSort}>
          {children}
        </SortButton>
      ) : (
        children
      )}
    </th>
  );
}

function SortButton({
  figure,
  sort,
  onSort,
  children,
}: {
  figure: boolean;
  sort: "ascending" | "descending" | null;
  onSort: () => void;
  children: ReactNode;
}) {
  const Arrow = sort === "ascending" ? ArrowUp : ArrowDown;
  return (
    // The arrow stands on the inner side, so that the label keeps the edge its column is aligned to.
    <button
      type="button"
      onClick={onSort}
      className={clsx("inline-flex h-6 items-center gap-1 hover:text-fg", figure && "flex-row-reverse")}
    >
      {children}
      <Arrow aria-hidden className={clsx("size-3", sort === null && "invisible")} />
    </button>
  );
}

export function Row({ selected = false, className, ...rest }: ComponentProps<"tr"> & { selected?: boolean }) {
  return (
    <tr
      {...rest}
      aria-selected={selected || undefined}
      className={clsx("border-b border-line last:border-b-0", selected ? "bg-selected" : "hover:bg-hover", className)}
    />
  );
}

export function Cell({ figure = false, className, ...rest }: ComponentProps<"td"> & { figure?: boolean }) {
  return (
    <td
      {...rest}
      className={clsx("h-8 px-2 whitespace-nowrap first:pl-4 last:pr-4", figure && "text-right", className)}
    />
  );
}
