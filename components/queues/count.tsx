import { clsx } from "clsx";
import { formatCount, formatFigure } from "@/lib/client/format";

/** How many jobs; nothing is quiet, and what went wrong stands out by weight as well as by its column. */
export function Count({ count, strong = false }: { count: number; strong?: boolean }) {
  if (count === 0) return <span className="text-muted">–</span>;
  return (
    <span className={clsx(strong && "font-medium text-bad-ink")} title={formatCount(count)}>
      {formatFigure(count)}
    </span>
  );
}
