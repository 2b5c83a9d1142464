"use client";

import { useMemo, useState } from "react";
import { FailureState, StaleNotice } from "@/components/ui/failure-state";
import { SkeletonRows, useSkeleton } from "@/components/ui/skeleton";
import { sortRows } from "@/lib/client/keys/sort";
import { foldersAbove, listItems, treeItems } from "@/lib/client/keys/tree";
import { useKeys } from "../keys-context";
import { EmptyList } from "./empty-list";
import { KeyGrid } from "./key-grid";
import { ScanStatus } from "./scan-status";

/** The list in its four states: loading, failure, empty, rows. */
export function KeyPane({ onCreate }: { onCreate: (() => void) | null }) {
  const { state, scan } = useKeys();
  const isEmpty = state.rows.length === 0;
  const isLoading = isEmpty && (state.phase === "idle" || state.phase === "scanning");
  const showsSkeleton = useSkeleton(isLoading);
  return (
    <div className="flex min-h-0 flex-1 flex-col border-t border-line">
      {state.failure && !isEmpty ? (
        <StaleNotice what="The list could not be read on" {...state.failure} onRetry={() => scan.more()} />
      ) : null}
      {isLoading || showsSkeleton ? (
        <div className="min-h-0 flex-1 overflow-hidden">{showsSkeleton ? <SkeletonRows rows={18} /> : null}</div>
      ) : state.failure && isEmpty ? (
        <div className="min-h-0 flex-1 overflow-y-auto">
          <FailureState what="The keys could not be listed" {...state.failure} onRetry={() => scan.more()} />
        </div>
      ) : isEmpty ? (
        <div className="min-h-0 flex-1 overflow-y-auto">
          <EmptyList onCreate={onCreate} />
        </div>
      ) : (
        <Rows />
      )}
      <ScanStatus />
    </div>
  );
}

const NONE: ReadonlySet<string> = new Set();

function Rows() {
  const { state, view } = useKeys();
  const [unfolded, setUnfolded] = useState(NONE);
  const rows = useMemo(() => sortRows(state.rows, view.sort), [state.rows, view.sort]);
  const linked = useMemo(() => {
    const open = state.rows.find((row) => row.k === view.k);
    return open ? foldersAbove(open.logicalName, view.delimiter) : [];
  }, [state.rows, view.k, view.delimiter]);
  const items = useMemo(() => {
    if (view.layout === "list") return listItems(rows);
    return treeItems(rows, view.delimiter, withLinked(unfolded, linked));
  }, [rows, view.layout, view.delimiter, unfolded, linked]);

  const onFold = (path: string, expanded: boolean) => {
    const next = new Set(unfolded);
    next.delete(path);
    next.delete(folded(path));
    next.add(expanded ? path : folded(path));
    setUnfolded(next);
  };
  return <KeyGrid items={items} onFold={onFold} />;
}

/** Closing a folder by hand is remembered too, so that the open key's folders do not spring open again. */
const folded = (path: string) => `\u0000${path}`;

function withLinked(unfolded: ReadonlySet<string>, linked: readonly string[]): ReadonlySet<string> {
  return new Set([...unfolded, ...linked.filter((path) => !unfolded.has(folded(path)))]);
}
