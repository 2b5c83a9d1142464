"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { Layers } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Loaded } from "@/components/ui/loaded";
import { plural } from "@/lib/client/format";
import { useMe } from "@/lib/client/me";
import type { ReloadSelection } from "@/lib/client/reloads";
import { allows } from "@/lib/contracts/endpoint";
import type { Reloads } from "@/lib/contracts/reloads";
import { CachesTable } from "./caches-table";
import { ModeNote } from "./mode-note";
import { RecentReloads } from "./recent-reloads";

/** Which instance serves what, and the last reloads. */
export function CachesTab({
  query,
  now,
  onAsk,
}: {
  query: UseQueryResult<Reloads>;
  now: number;
  onAsk: (what: ReloadSelection) => void;
}) {
  const [ticked, tick] = useState<ReadonlySet<string>>(new Set());
  const mayReload = allows(useMe().role, "operator");
  return (
    <Loaded query={query} what="The caches could not be read" rows={16}>
      {(reloads) => {
        const selected = reloads.caches.filter(({ cache }) => ticked.has(cache)).map(({ cache }) => cache);
        return (
          <>
            {reloads.instances.length === 0 ? <NobodyYet /> : <ModeNote mode={reloads.mode} />}
            <CachesTable reloads={reloads} now={now} ticked={ticked} onTick={mayReload ? tick : null} />
            {selected.length > 0 ? (
              <SelectionBar
                caches={selected}
                onClear={() => tick(new Set())}
                onReload={() => onAsk({ caches: selected })}
              />
            ) : null}
            <RecentReloads recent={reloads.recent} />
          </>
        );
      }}
    </Loaded>
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
