"use client";

import { Database, Plus, SearchX } from "lucide-react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { hasFilter, withoutFilter } from "@/lib/client/filter-url";
import { formatCount } from "@/lib/client/format";
import { changeView } from "@/lib/client/keys-view";
import { useMe } from "@/lib/client/me";
import { useKeys } from "../keys-context";

/** Three different nothings: none exist, none match, none found yet. */
export function EmptyList({ onCreate }: { onCreate: (() => void) | null }) {
  const { state, view } = useKeys();
  if (state.phase !== "complete") return <NothingYet />;
  if (hasFilter(view)) return <NothingMatches />;
  return <NothingExists onCreate={onCreate} />;
}

function NothingYet() {
  const { state, scan } = useKeys();
  return (
    <EmptyState
      icon={SearchX}
      title="Nothing found yet"
      action={
        <Button variant="primary" onClick={() => scan.more()}>
          Keep scanning
        </Button>
      }
    >
      No match among the first {formatCount(state.examined)} of {formatCount(state.total)} names. There may be some
      further on.
    </EmptyState>
  );
}

function NothingMatches() {
  const { view } = useKeys();
  const isLookUp = view.mode === "exact" && view.search !== "";
  return (
    <EmptyState
      icon={SearchX}
      title={isLookUp ? "There is no key of exactly this name" : "No key matches"}
      action={<Button onClick={() => changeView(withoutFilter(view))}>Clear search and filters</Button>}
    >
      {isLookUp
        ? "It was looked up directly; it may have expired, or the class, type, TTL or size filter hides it."
        : "The whole namespace was scanned with this search and these filters."}
    </EmptyState>
  );
}

function NothingExists({ onCreate }: { onCreate: (() => void) | null }) {
  const me = useMe();
  return (
    <EmptyState
      icon={Database}
      title={me.namespace ? `No keys in ${me.namespace}` : "No keys in this namespace"}
      action={
        onCreate ? (
          <Button variant="primary" icon={<Plus className="size-3.5" aria-hidden />} onClick={onCreate}>
            New key
          </Button>
        ) : null
      }
    >
      Applications write some with <code className="font-mono text-label">$ctx.$cache.set(…)</code>
      {onCreate ? ", or make one here." : "."}
    </EmptyState>
  );
}
