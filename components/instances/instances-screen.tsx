"use client";

import { useQuery } from "@tanstack/react-query";
import { Server } from "lucide-react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { FailureState, StaleNotice } from "@/components/ui/failure-state";
import { Freshness } from "@/components/ui/freshness";
import { PageHeader } from "@/components/ui/page-header";
import { SkeletonRows, useSkeleton } from "@/components/ui/skeleton";
import { plural } from "@/lib/client/format";
import { useHotkey } from "@/lib/client/hotkeys";
import { arrangeInstances, countStates, DEFAULT_INSTANCES_VIEW, instancesQuery } from "@/lib/client/instances";
import { usePolling } from "@/lib/client/live";
import { useMe } from "@/lib/client/me";
import type { Instance } from "@/lib/contracts/instances";
import { InstanceFilters } from "./instance-filters";
import { InstancesTable } from "./instances-table";
import { useInstancesView } from "./use-instances-view";
import { WarningList } from "./warning-list";

/** Who is in the cluster, the worst first. */
export function InstancesScreen() {
  const { link } = useMe();
  const query = useQuery({ ...instancesQuery, refetchInterval: usePolling() });
  const { data, error, errorUpdatedAt, dataUpdatedAt, isPending, isFetching, refetch } = query;
  const skeleton = useSkeleton(isPending);
  useHotkey("refresh", () => void refetch());
  const failure = { what: "The instances could not be read", onRetry: refetch, retrying: isFetching };
  return (
    <>
      <PageHeader
        title="Instances"
        state={data ? <p className="text-muted">{sentenceOf(data.instances)}</p> : null}
        actions={<Freshness at={dataUpdatedAt} onRefresh={refetch} />}
      />
      {error && data && link.state === "ready" ? <StaleNotice {...failure} error={error} at={dataUpdatedAt} /> : null}
      {data ? (
        <>
          <WarningList label="About the cluster" warnings={data.instances.length > 0 ? data.warnings : []} />
          <Instances instances={data.instances} ahead={dataUpdatedAt - data.asOf} />
        </>
      ) : error ? (
        <FailureState {...failure} error={error} at={errorUpdatedAt} />
      ) : skeleton ? (
        <SkeletonRows rows={6} />
      ) : null}
    </>
  );
}

function Instances({ instances, ahead }: { instances: readonly Instance[]; ahead: number }) {
  const [view, change] = useInstancesView();
  const shown = arrangeInstances(instances, view);
  if (instances.length === 0)
    return (
      <EmptyState icon={Server} title="No instance is in the cluster">
        Nobody has been heard within the last hour. An application joins with createCluster(&#123; redis, nodeName
        &#125;); a foreign server appears by its telemetry.
      </EmptyState>
    );
  return (
    <>
      <InstanceFilters
        view={view}
        onChange={change}
        summary={shown.length === instances.length ? "" : `${shown.length} of ${plural(instances.length, "instance")}`}
      />
      {shown.length > 0 ? (
        <InstancesTable instances={shown} ahead={ahead} view={view} onChange={change} />
      ) : (
        <EmptyState
          icon={Server}
          title="No instance matches these filters"
          action={<Button onClick={() => change({ ...DEFAULT_INSTANCES_VIEW, sort: view.sort })}>Clear filters</Button>}
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
