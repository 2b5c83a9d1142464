"use client";

import { useQuery } from "@tanstack/react-query";
import { Lock } from "lucide-react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Freshness } from "@/components/ui/freshness";
import { Loaded } from "@/components/ui/loaded";
import { PageHeader } from "@/components/ui/page-header";
import { plural } from "@/lib/client/format";
import { useSteadyPolling } from "@/lib/client/live";
import { DEFAULT_LOCKS_VIEW, filterLocks, locksQuery, nextLook } from "@/lib/client/locks";
import type { LockRow } from "@/lib/contracts/locks";
import { SplitPane } from "../keys/split-pane";
import { LockFilters } from "./lock-filters";
import { LockPane } from "./lock-pane";
import { LocksTable } from "./locks-table";
import { changeLocksView, useLocksView } from "./use-locks-view";

/** Who holds what, for how long still, and who waits. */
export function LocksScreen() {
  const { lock } = useLocksView();
  return (
    <div className="flex h-full min-h-0 flex-1 flex-col">
      <SplitPane
        list={
          <div className="@container min-h-0 flex-1 overflow-y-auto">
            <LockList />
          </div>
        }
        inspector={lock === null ? null : <LockPane key={lock} k={lock} />}
      />
    </div>
  );
}

function LockList() {
  const isAwake = useSteadyPolling() !== false;
  const query = useQuery({
    ...locksQuery,
    refetchInterval: ({ state }) => (isAwake ? nextLook(state.data?.locks ?? []) : false),
  });
  const { data, dataUpdatedAt, refetch } = query;
  return (
    <>
      <PageHeader
        title="Locks"
        state={data ? <p className="text-muted">{sentenceOf(data.locks)}</p> : null}
        actions={<Freshness at={dataUpdatedAt} onRefresh={refetch} />}
      />
      <Loaded query={query} what="The locks could not be read">
        {({ locks, isPartial, asOf }) => (
          <Rows locks={locks} isPartial={isPartial} asOf={dataUpdatedAt} ahead={dataUpdatedAt - asOf} />
        )}
      </Loaded>
    </>
  );
}

function Rows({
  locks,
  isPartial,
  asOf,
  ahead,
}: {
  locks: readonly LockRow[];
  isPartial: boolean;
  asOf: number;
  ahead: number;
}) {
  const view = useLocksView();
  const shown = filterLocks(locks, view);
  return (
    <>
      <LockFilters locks={locks} view={view} />
      {shown.length > 0 ? (
        <LocksTable locks={shown} asOf={asOf} ahead={ahead} />
      ) : locks.length > 0 ? (
        <EmptyState
          icon={Lock}
          title="No lock matches these filters"
          action={
            <Button onClick={() => changeLocksView({ q: DEFAULT_LOCKS_VIEW.q, only: null })}>Clear filters</Button>
          }
        />
      ) : (
        <EmptyState icon={Lock} title="No lock is held">
          A lock appears here while an application holds it with{" "}
          <code className="font-mono text-label">locks.acquire</code>,{" "}
          <code className="font-mono text-label">locks.run</code> or{" "}
          <code className="font-mono text-label">$cache.acquire</code>; so do the locks of jobs that run once.
        </EmptyState>
      )}
      {isPartial ? (
        <p className="border-t border-line px-4 py-2 text-label text-muted">
          There are more locks than fit here; the newest 1,000 of the user cache are shown.
        </p>
      ) : null}
    </>
  );
}

function sentenceOf(locks: readonly LockRow[]): string {
  const held = locks.filter((lock) => lock.held).length;
  const waiting = locks.reduce((sum, { waiters }) => sum + waiters.length, 0);
  const warned = locks.filter(({ warnings }) => warnings.length > 0).length;
  if (held === 0) return "Nobody holds a lock.";
  return `${plural(held, "lock")} held, ${waiting === 0 ? "nobody waits" : `${waiting} waiting`}${
    warned === 0 ? "." : `; ${warned} with something to look at.`
  }`;
}
