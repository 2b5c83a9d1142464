"use client";

import { type ReactNode, useLayoutEffect, useRef, useState } from "react";

/**
 * A cell across the whole table. Narrow pages hide columns, and a cell that is wider than what is left would make columns
 * of its own, which take room from the others: it counts those that are shown. `most` is how many there are at the most.
 */
export function WideCell({ most, className, children }: { most: number; className?: string; children: ReactNode }) {
  const cell = useRef<HTMLTableCellElement>(null);
  const [shown, setShown] = useState(most);
  useLayoutEffect(() => {
    const table = cell.current?.closest("table");
    if (!table) return;
    const heads = [...table.querySelectorAll("thead th")];
    const count = () => setShown(heads.filter((head) => head.getClientRects().length > 0).length || most);
    const observer = new ResizeObserver(count);
    observer.observe(table);
    count();
    return () => observer.disconnect();
  }, [most]);
  return (
    <td ref={cell} colSpan={shown} className={className}>
      {children}
    </td>
  );
}
