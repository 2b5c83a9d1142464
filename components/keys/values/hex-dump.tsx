"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/lib/client/format";
import type { HexRow } from "@/lib/client/hex";

const STEP = 2_048;
/** Eight bytes; where there is no room for sixteen in a line the second half wraps. */
const HALF = 23;

export function HexDump({ rows }: { rows: readonly HexRow[] }) {
  const [shown, setShown] = useState(STEP);
  return (
    <div className="px-4">
      <pre className="rounded-control border border-line bg-bg p-3 font-mono text-label">
        {rows.slice(0, shown).map((row) => (
          <span key={row.offset} className="flex flex-wrap gap-x-3">
            <span className="text-muted">{row.offset}</span>
            <span>{row.hex.slice(0, HALF).padEnd(HALF)}</span>
            <span>{row.hex.slice(HALF + 1).padEnd(HALF)}</span>
            <span className="text-muted">{row.ascii}</span>
          </span>
        ))}
      </pre>
      {rows.length > shown ? (
        <p className="pt-2 text-label text-muted">
          <Button size="sm" onClick={() => setShown(shown + STEP)}>
            Show more
          </Button>{" "}
          {formatCount(rows.length - shown)} rows are not drawn yet
        </p>
      ) : null}
    </div>
  );
}
