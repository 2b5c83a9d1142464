"use client";

import { Button } from "@/components/ui/button";
import { Time } from "@/components/ui/time";
import { formatCount, plural } from "@/lib/client/format";
import { WANTED_ROWS } from "@/lib/client/keys/scan";
import { useKeys } from "../keys-context";

const TREE_ROWS = 2_000;

/** How far the walk got, in words nobody can mistake for "that is all there is". */
export function ScanStatus() {
  const { state, scan, view } = useKeys();
  const isScanning = state.phase === "scanning";
  const rows = view.layout === "tree" ? TREE_ROWS : WANTED_ROWS;
  return (
    <footer className="relative flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-4 py-1 text-label text-muted">
      {isScanning ? <ScanProgress /> : null}
      <p className="min-w-0 flex-1">
        <span className="font-medium text-fg">{plural(state.rows.length, "key")}</span>
        {" · "}
        <Reach />
        {view.sort && state.phase !== "complete" ? " · sorted within the rows loaded" : null}
      </p>
      {state.asOf ? <Time at={state.asOf} className="max-sm:hidden" /> : null}
      {isScanning ? (
        <Button size="sm" onClick={scan.cancel}>
          Cancel
        </Button>
      ) : null}
      {state.phase === "paused" ? (
        <Button size="sm" onClick={() => scan.more(rows)}>
          {state.short ? "Keep scanning" : "Load more"}
        </Button>
      ) : null}
      {state.phase === "failed" ? (
        <Button size="sm" onClick={() => scan.more(rows)}>
          Try again
        </Button>
      ) : null}
    </footer>
  );
}

function Reach() {
  const { state, view } = useKeys();
  if (state.phase === "complete")
    return view.mode === "exact" && view.search ? "looked up by name" : "the whole namespace";
  if (state.phase === "idle") return "not scanned yet";
  return (
    <span title="Redis walks the names of all namespaces together; others are skipped inside Redis and never read">
      {state.phase === "scanning" ? "scanning, " : "scanned "}
      {formatCount(state.examined)} of {formatCount(state.total)} names, all namespaces together
    </span>
  );
}

function ScanProgress() {
  const { examined, total } = useKeys().state;
  const share = total > 0 ? Math.min(1, examined / total) : 0;
  return (
    <div aria-hidden className="absolute inset-x-0 -top-px h-px bg-line">
      <div className="h-full bg-accent transition-[width]" style={{ width: `${share * 100}%` }} />
    </div>
  );
}
