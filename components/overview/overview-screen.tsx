"use client";

import { useQuery } from "@tanstack/react-query";
import { Freshness } from "@/components/ui/freshness";
import { Loaded } from "@/components/ui/loaded";
import { PageHeader } from "@/components/ui/page-header";
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
  const { data, refetch } = query;
  return (
    <>
      <PageHeader
        title="Overview"
        state={data ? <HealthSentence health={data.health} current={link.state === "ready"} /> : null}
        actions={<Freshness at={data?.asOf} onRefresh={refetch} />}
      />
      <Loaded query={query} what="The overview could not be read" rows={16}>
        {(overview) => <Figures overview={overview} />}
      </Loaded>
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
