"use client";

import { Database, Plus, SearchX } from "lucide-react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount } from "@/lib/client/format";
import { filtersOnlyClasses, withoutFilter } from "@/lib/client/keys/filter-url";
import { changeView } from "@/lib/client/keys/view";
import { useMe } from "@/lib/client/me";
import { KEY_CLASSES } from "@/lib/contracts/key-classes";
import { useKeys } from "../keys-context";

/** Three different nothings: none exist, none match, none found yet. */
export function EmptyList({ onCreate }: { onCreate: (() => void) | null }) {
  const { state, view } = useKeys();
  if (state.phase !== "complete") return <NothingYet />;
  return filtersOnlyClasses(view) ? <NothingExists onCreate={onCreate} /> : <NothingMatches />;
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
  const { namespace } = useMe();
  const { classes } = useKeys().view;
  const labels = [...new Set(classes.map((one) => KEY_CLASSES[one].label))].join(" or ");
  const isUserCache = classes.length === 0 || classes.includes("user-cache");
  return (
    <EmptyState
      icon={Database}
      title={`No ${labels} keys in ${namespace ?? "this namespace"}`.replace("  ", " ")}
      action={
        onCreate && isUserCache ? (
          <Button variant="primary" icon={<Plus className="size-3.5" aria-hidden />} onClick={onCreate}>
            New key
          </Button>
        ) : (
          <Button onClick={() => changeView({ classes: [] })}>Show all classes</Button>
        )
      }
    >
      {isUserCache ? (
        <>
          Applications write some with <code className="font-mono text-label">$ctx.$cache.set(…)</code>
          {onCreate ? ", or make one here." : "."}
        </>
      ) : (
        "The whole namespace was scanned. Such keys appear when their owner writes them."
      )}
    </EmptyState>
  );
}
