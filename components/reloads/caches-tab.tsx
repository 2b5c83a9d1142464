"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { Layers } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { FailureState, StaleNotice } from "@/components/ui/failure-state";
import { SkeletonRows, useSkeleton } from "@/components/ui/skeleton";
import { plural } from "@/lib/client/format";
import { useMe } from "@/lib/client/me";
import type { ReloadSelection } from "@/lib/client/reloads";
import { allows } from "@/lib/contracts/endpoint";
import type { Reloads } from "@/lib/contracts/reloads";
import { CachesTable } from "./caches-table";
import { ModeNote } from "./mode-note";
import { RecentReloads } from "./recent-reloads";

/** Which instance serves what, and the last reloads. Loading, failure, empty, rows: in this order. */
export function CachesTab({
  query,
  now,
  onAsk,
}: {
  query: UseQueryResult<Reloads>;
  now: number;
  onAsk: (what: ReloadSelection) => void;
}) {
  const { link, role } = useMe();
  const [ticked, tick] = useState<ReadonlySet<string>>(new Set());
  const skeleton = useSkeleton(query.isPending);
  const { data, error, errorUpdatedAt, dataUpdatedAt, isFetching: retrying, refetch: onRetry } = query;
  const failure = { what: "The caches could not be read", onRetry, retrying };
  if (!data) {
    if (error) return <FailureState {...failure} error={error} at={errorUpdatedAt} />;
    return skeleton ? <SkeletonRows rows={16} /> : null;
  }
  const selected = data.caches.filter(({ cache }) => ticked.has(cache)).map(({ cache }) => cache);
  const mayReload = allows(role, "operator");
  return (
    <>
      {error && link.state === "ready" ? <StaleNotice {...failure} error={error} at={dataUpdatedAt} /> : null}
      <ModeNote mode={data.mode} />
      {data.instances.length === 0 ? <NobodyYet /> : null}
      <CachesTable reloads={data} now={now} ticked={ticked} onTick={mayReload ? tick : null} />
      {selected.length > 0 ? (
        <SelectionBar caches={selected} onClear={() => tick(new Set())} onReload={() => onAsk({ caches: selected })} />
      ) : null}
      <RecentReloads recent={data.recent} />
    </>
  );
}

function SelectionBar({
  caches,
  onClear,
  onReload,
}: {
  caches: readonly string[];
  onClear: () => void;
  onReload: () => void;
}) {
  return (
    <section
      aria-label="Selected caches"
      className="sticky bottom-0 z-10 flex min-h-11 flex-wrap items-center gap-2 border-y border-line bg-sunken px-4 py-1.5"
    >
      <p className="mr-auto font-medium" aria-live="polite">
        {plural(caches.length, "cache")} selected
      </p>
      <Button size="sm" variant="ghost" onClick={onClear}>
        Clear
      </Button>
      <Button size="sm" variant="primary" onClick={onReload}>
        {caches.length === 1 ? `Reload ${caches[0]}…` : `Reload ${caches.length} caches…`}
      </Button>
    </section>
  );
}

function NobodyYet() {
  return (
    <EmptyState icon={Layers} title="No instance takes part yet">
      An application joins with <code className="font-mono text-label">createCluster</code> and registers its caches
      with <code className="font-mono text-label">cluster.reload.register</code>. Servers that only listen still hear a
      signal.
    </EmptyState>
  );
}
