"use client";

import { useQuery } from "@tanstack/react-query";
import { Server } from "lucide-react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Freshness } from "@/components/ui/freshness";
import { Loaded } from "@/components/ui/loaded";
import { PageHeader } from "@/components/ui/page-header";
import { plural } from "@/lib/client/format";
import { arrangeInstances, countStates, instancesQuery } from "@/lib/client/instances";
import { usePolling } from "@/lib/client/live";
import type { Instance } from "@/lib/contracts/instances";
import { InstanceFilters } from "./instance-filters";
import { InstancesTable } from "./instances-table";
import { clearInstanceFilters, useInstancesView } from "./use-instances-view";
import { WarningList } from "./warning-list";

/** Who is in the cluster, the worst first. */
export function InstancesScreen() {
  const query = useQuery({ ...instancesQuery, refetchInterval: usePolling() });
  const { data, dataUpdatedAt, refetch } = query;
  return (
    <>
      <PageHeader
        title="Instances"
        state={data ? <p className="text-muted">{sentenceOf(data.instances)}</p> : null}
        actions={<Freshness at={dataUpdatedAt} onRefresh={refetch} />}
      />
      <Loaded query={query} what="The instances could not be read" rows={6}>
        {({ instances, warnings, asOf }) => (
          <>
            <WarningList label="About the cluster" warnings={instances.length > 0 ? warnings : []} />
            <Instances instances={instances} ahead={dataUpdatedAt - asOf} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Instances({ instances, ahead }: { instances: readonly Instance[]; ahead: number }) {
  const view = useInstancesView();
  const shown = arrangeInstances(instances, view);
  if (instances.length === 0)
    return (
      <EmptyState icon={Server} title="No instance is in the cluster">
        Nobody has been heard within the last hour. An application joins with{" "}
        <code className="font-mono text-label">createCluster</code>; a foreign server appears by its telemetry.
      </EmptyState>
    );
  return (
    <>
      <InstanceFilters
        view={view}
        summary={shown.length === instances.length ? "" : `${shown.length} of ${plural(instances.length, "instance")}`}
      />
      {shown.length > 0 ? (
        <InstancesTable instances={shown} ahead={ahead} view={view} />
      ) : (
        <EmptyState
          icon={Server}
          title="No instance matches these filters"
          action={<Button onClick={clearInstanceFilters}>Clear filters</Button>}
        />
      )}
    </>
  );
}

/** `3 live, 1 late.` */
function sentenceOf(instances: readonly Instance[]): string {
  const counts = [...countStates(instances)].map(([state, count]) => `${count} ${state}`);
  const warned = instances.filter(({ warnings }) => warnings.length > 0).length;
  if (counts.length === 0) return "";
  return `${counts.join(", ")}${warned > 0 ? `; ${plural(warned, "instance")} with warnings` : ""}.`;
}
