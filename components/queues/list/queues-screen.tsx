"use client";

import { useQuery } from "@tanstack/react-query";
import { Layers } from "lucide-react";
import { useMemo } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Freshness } from "@/components/ui/freshness";
import { Loaded } from "@/components/ui/loaded";
import { PageHeader } from "@/components/ui/page-header";
import { formatCount, plural } from "@/lib/client/format";
import { useHotkey } from "@/lib/client/hotkeys";
import { useSteadyPolling } from "@/lib/client/live";
import {
  arrangeQueues,
  DEFAULT_QUEUES_VIEW,
  listedQueues,
  queuesQuery,
  queueTrendsQuery,
} from "@/lib/client/queues/queues";
import type { QueueList } from "@/lib/contracts/queues";
import { NounTabs } from "../noun-tabs";
import { Mismatches } from "./mismatches";
import { QueueFilters } from "./queue-filters";
import { QueuesTable } from "./queues-table";
import { changeQueuesView, useQueuesView } from "./use-queues-view";

/** Jobs are told of as they move; that a worker came or went no key tells. */
const WORKERS_MS = 5_000;
const TRENDS_MS = 30_000;

/** Every queue of the namespace, the worst first. */
export function QueuesScreen() {
  const query = useQuery({ ...queuesQuery, refetchInterval: useSteadyPolling(WORKERS_MS) });
  const { data, dataUpdatedAt, refetch } = query;
  useHotkey("refresh", () => void refetch());
  return (
    <div className="@container h-full min-h-0 flex-1 overflow-y-auto">
      <PageHeader
        title="Queues"
        state={data ? <p className="text-muted">{sentenceOf(data)}</p> : null}
        actions={<Freshness at={dataUpdatedAt} onRefresh={refetch} />}
      />
      <NounTabs current="/queues" />
      <Loaded query={query} what="The queues could not be read" rows={10}>
        {(list) => <Queues list={list} />}
      </Loaded>
    </div>
  );
}

function Queues({ list }: { list: QueueList }) {
  const view = useQueuesView();
  const all = listedQueues(list);
  const shown = arrangeQueues(all, view);
  const { data } = useQuery({ ...queueTrendsQuery, refetchInterval: useSteadyPolling(TRENDS_MS) });
  const trends = useMemo(() => data && new Map(data.queues.map((trend) => [trend.queue, trend])), [data]);
  return (
    <>
      <Mismatches list={list} />
      <QueueFilters queues={all} view={view} />
      {shown.length > 0 ? (
        <QueuesTable queues={shown} trends={trends ?? null} view={view} />
      ) : all.length > 0 ? (
        <EmptyState
          icon={Layers}
          title="No queue matches these filters"
          action={
            <Button onClick={() => changeQueuesView({ q: DEFAULT_QUEUES_VIEW.q, only: null })}>Clear filters</Button>
          }
        />
      ) : list.discovery.complete ? (
        <EmptyState icon={Layers} title="No queues here yet">
          A queue appears with its first job or worker: new Queue(name, &#123; prefix: &quot;{list.prefix}&quot;
          &#125;). Queues of another prefix are not shown.
        </EmptyState>
      ) : (
        <EmptyState icon={Layers} title="No queue found so far">
          Names looked at: {formatCount(list.discovery.examined)} of about {formatCount(list.discovery.total)}.
        </EmptyState>
      )}
      {all.length > 0 && !list.discovery.complete ? (
        <p role="status" className="border-t border-line px-4 py-2 text-label text-muted">
          Still looking for queues: {formatCount(list.discovery.examined)} of about {formatCount(list.discovery.total)}{" "}
          names.
        </p>
      ) : null}
    </>
  );
}

function sentenceOf(list: QueueList): string {
  const all = listedQueues(list);
  if (all.length === 0) return `Prefix ${list.prefix}.`;
  const parts = [
    [all.filter(({ row }) => row.workers === 0).length, "without workers"],
    [all.filter(({ row }) => row.isPaused).length, "paused"],
    [all.filter(({ row }) => row.counts.failed > 0).length, "with failed jobs"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, words]) => `${formatCount(count)} ${words}`);
  return `${plural(all.length, "queue")}${said.length > 0 ? `: ${said.join(", ")}.` : ", nothing to look at."}`;
}
