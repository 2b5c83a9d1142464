"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { FailureState, StaleNotice } from "@/components/ui/failure-state";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { SkeletonRows, useSkeleton } from "@/components/ui/skeleton";
import { formatDuration, formatPercent, plural } from "@/lib/client/format";
import { useSteadyPolling } from "@/lib/client/live";
import { failureRate, gapsOf, HISTORY_REFRESH_MS, queueHistoryQuery, type Series } from "@/lib/client/queues/history";
import type { QueueHistory as History, HistoryPoint, HistoryRange, Latency } from "@/lib/contracts/queue-history";
import { HistoryChart } from "./history-chart";
import { HistoryTable } from "./history-table";

/** How a queue did over an hour, a day or a week, in charts or in figures. */
export function QueueHistory({ queue }: { queue: string }) {
  const [range, setRange] = useState<HistoryRange>("1h");
  const [view, setView] = useState<"charts" | "table">("charts");
  const { data, error, errorUpdatedAt, isPending, isFetching, refetch } = useQuery({
    ...queueHistoryQuery(queue, range),
    refetchInterval: useSteadyPolling(HISTORY_REFRESH_MS),
  });
  const showSkeleton = useSkeleton(isPending);
  const failure = error && {
    what: "The history could not be read",
    error,
    at: errorUpdatedAt,
    onRetry: () => void refetch(),
    retrying: isFetching,
  };
  return (
    <section aria-label={`History of ${queue}`}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2">
        <p className="min-w-0 flex-1 basis-60 text-pretty text-muted">{data ? sentenceOf(data) : null}</p>
        <SegmentedControl
          label="Show as"
          size="sm"
          value={view}
          options={[
            { value: "charts", label: "Charts" },
            { value: "table", label: "Table" },
          ]}
          onChange={setView}
        />
        <SegmentedControl
          label="Range"
          size="sm"
          value={range}
          options={[
            { value: "1h", label: "1 h", title: "In steps of a minute" },
            { value: "24h", label: "24 h", title: "In steps of a quarter of an hour" },
            { value: "7d", label: "7 d", title: "In steps of an hour" },
          ]}
          onChange={setRange}
        />
      </div>
      {failure && data ? <StaleNotice {...failure} /> : null}
      {failure && !data ? <FailureState {...failure} /> : null}
      {showSkeleton ? <SkeletonRows rows={6} /> : null}
      {data && !showSkeleton ? view === "charts" ? <Charts history={data} /> : <HistoryTable history={data} /> : null}
    </section>
  );
}

function Charts({ history }: { history: History }) {
  const [at, setAt] = useState<number | null>(null);
  const { points } = history;
  const frame = { ...history, gaps: gapsOf(points) };
  const shared = { frame, at, onAt: setAt };
  const one = (name: string, read: (point: HistoryPoint) => number | null): Series => ({
    name,
    values: points.map(read),
  });
  const percentiles = (read: (point: HistoryPoint) => Latency | null) =>
    (["p50", "p95", "p99"] as const).map((name) => one(name, (point) => read(point)?.[name] ?? null));
  return (
    <div className="grid lg:grid-cols-2">
      <HistoryChart
        {...shared}
        className="lg:col-span-2"
        title="Jobs ended"
        unit="count"
        kind="bars"
        series={[one("completed", ({ completed }) => completed), one("failed", ({ failed }) => failed)]}
      />
      <HistoryChart {...shared} title="Wait" unit="ms" kind="lines" series={percentiles(({ wait }) => wait)} />
      <HistoryChart {...shared} title="Run" unit="ms" kind="lines" series={percentiles(({ run }) => run)} />
      <HistoryChart {...shared} title="Failure rate" unit="share" kind="lines" series={[one("failed", failureRate)]} />
      <HistoryChart
        {...shared}
        title="Age of the oldest waiting job"
        unit="ms"
        kind="lines"
        series={[one("oldest", ({ ageMs }) => ageMs)]}
      />
    </div>
  );
}

function sentenceOf({ total, points, stepMs, recorder }: History): string {
  const { completed, failed, wait, run, recordedMs } = total;
  const rate = failureRate({ completed, failed });
  const ended =
    rate === null
      ? "No job ended"
      : `${plural(completed + failed, "job")} ended, ${failed === 0 ? "none failed" : `${formatPercent(rate)} failed`}`;
  const latencies = [wait && `waited ${formatDuration(wait.p95)}`, run && `ran ${formatDuration(run.p95)}`].filter(
    (text) => text !== null,
  );
  const mostly = latencies.length === 0 ? "" : `; 95 % ${latencies.join(" and ")} at most`;
  const missingMs = points.length * stepMs - recordedMs;
  const gaps = missingMs > 2 * stepMs ? ` ${formatDuration(recordedMs)} of it recorded.` : "";
  const trouble = recorder.because === null ? "" : ` This console cannot record: ${recorder.because}`;
  return `${ended}${mostly}.${gaps} Times are UTC.${trouble}`;
}
