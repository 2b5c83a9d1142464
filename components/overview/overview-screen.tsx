"use client";

import { useQuery } from "@tanstack/react-query";
import { FailureState, StaleNotice } from "@/components/ui/failure-state";
import { Freshness } from "@/components/ui/freshness";
import { PageHeader } from "@/components/ui/page-header";
import { SkeletonRows, useSkeleton } from "@/components/ui/skeleton";
import { useSteadyPolling } from "@/lib/client/live";
import { useMe } from "@/lib/client/me";
import { overviewQuery } from "@/lib/client/overview";
import type { Overview } from "@/lib/contracts/overview";
import { ClassTable } from "./class-table";
import { ClusterFacts } from "./cluster-facts";
import { Findings } from "./findings";
import { HealthSentence } from "./health-sentence";
import { KeyColumns } from "./key-columns";
import { ServerFacts } from "./server-facts";
import { UserCache } from "./user-cache";

/** The namespace and its Redis at a glance. */
export function OverviewScreen() {
  const { link } = useMe();
  const query = useQuery({ ...overviewQuery, refetchInterval: useSteadyPolling() });
  const { data, error, errorUpdatedAt, isPending, isFetching, refetch } = query;
  const skeleton = useSkeleton(isPending);
  const failure = {
    what: "The overview could not be read",
    at: errorUpdatedAt,
    onRetry: refetch,
    retrying: isFetching,
  };
  return (
    <>
      <PageHeader
        title="Overview"
        state={data ? <HealthSentence health={data.health} current={link.state === "ready"} /> : null}
        actions={<Freshness at={data?.asOf} refreshing={isFetching} onRefresh={refetch} />}
      />
      {/* While Redis is away the banner above the page says so, once. */}
      {error && data && link.state === "ready" ? <StaleNotice {...failure} error={error} at={data.asOf} /> : null}
      {data ? (
        <Figures overview={data} />
      ) : error ? (
        <FailureState {...failure} error={error} />
      ) : skeleton ? (
        <SkeletonRows rows={16} />
      ) : null}
    </>
  );
}

function Figures({ overview }: { overview: Overview }) {
  return (
    <>
      <ServerFacts redis={overview.redis} />
      <ClusterFacts />
      <Findings health={overview.health} />
      <div className="grid border-t border-line xl:grid-cols-[minmax(0,1fr)_26rem]">
        <ClassTable census={overview.census} socketIoChannels={overview.socketIoChannels} />
        <UserCache quota={overview.quota} victims={overview.nextVictims} asOf={overview.asOf} />
      </div>
      <KeyColumns census={overview.census} asOf={overview.census.asOf ?? overview.asOf} />
    </>
  );
}
