// The queues' part of /api/metrics: counts from the figures all browsers share, the rest from the history, so a scrape
// asks Redis for nothing that is known already.

import type { Latency, QueueTrend } from "../../contracts/queue-history.ts";
import { JOB_STATES, type QueueRow } from "../../contracts/queues.ts";
import type { Context } from "../context.ts";
import { withBullmq } from "../queues/refusal.ts";
import type { Metric, Sample } from "./text.ts";

/** Each queue is about twenty series; those beyond are only counted. */
export const MOST_QUEUES = 500;

export async function queueMetrics({ runtime }: Context): Promise<Metric[]> {
  const { queues, mismatches } = await withBullmq(() => runtime.queues.keeper.list());
  const shown = queues.slice(0, MOST_QUEUES);
  const { queues: trends } = await withBullmq(() => runtime.queueHistories.trends(shown.map(({ name }) => name)));
  const now = Date.now();
  return [
    {
      name: "bullmq_job_count",
      type: "gauge",
      help: "Number of jobs in the queue by state",
      samples: shown.flatMap(({ name, counts }) =>
        JOB_STATES.map((state) => ({ labels: { queue: name, state }, value: counts[state] })),
      ),
    },
    gauge("keydeck_queue_paused", "1 while workers start no further jobs", shown, ({ isPaused }) => Number(isPaused)),
    gauge("keydeck_queue_workers", "Workers that are connected", shown, ({ workers }) => workers),
    gauge("keydeck_queue_oldest_waiting_seconds", "Age of the oldest waiting job", shown, ({ oldestWaitingAt }) =>
      oldestWaitingAt === null ? null : Math.max(0, now - oldestWaitingAt) / 1_000,
    ),
    counter("keydeck_queue_completed_total", "Jobs completed since recording began", trends, (t) => t.completedTotal),
    counter(
      "keydeck_queue_failed_total",
      "Jobs that failed for good since recording began",
      trends,
      (t) => t.failedTotal,
    ),
    quantiles("keydeck_queue_wait_seconds", "From ready to begun, over the last hour", trends, ({ wait }) => wait),
    quantiles("keydeck_queue_run_seconds", "From begun to ended, over the last hour", trends, ({ run }) => run),
    one("keydeck_queues", "Queues of the namespace", queues.length),
    one("keydeck_queues_omitted", "Queues left out here to bound the number of series", queues.length - shown.length),
    one("keydeck_queue_prefix_mismatches", "Queues whose workers wait under another prefix", mismatches.length),
    one(
      "keydeck_queue_history_recording",
      "1 while this console writes the queues' history down",
      Number(runtime.queueHistories.recorder.state.state === "here"),
    ),
  ];
}

/** A single figure. */
export function one(name: string, help: string, value: number): Metric {
  return { name, type: "gauge", help, samples: [{ value }] };
}

function gauge(name: string, help: string, rows: readonly QueueRow[], read: (row: QueueRow) => number | null): Metric {
  const samples = rows.flatMap((row): Sample[] => {
    const value = read(row);
    return value === null ? [] : [{ labels: { queue: row.name }, value }];
  });
  return { name, type: "gauge", help, samples };
}

function counter(
  name: string,
  help: string,
  trends: readonly QueueTrend[],
  read: (trend: QueueTrend) => number,
): Metric {
  const samples = trends.map((trend) => ({ labels: { queue: trend.queue }, value: read(trend) }));
  return { name, type: "counter", help, samples };
}

function quantiles(
  name: string,
  help: string,
  trends: readonly QueueTrend[],
  read: (trend: QueueTrend) => Latency | null,
): Metric {
  const samples = trends.flatMap((trend) => {
    const latency = read(trend);
    if (latency === null) return [];
    const of = (quantile: string, ms: number) => ({ labels: { queue: trend.queue, quantile }, value: ms / 1_000 });
    return [of("0.5", latency.p50), of("0.95", latency.p95), of("0.99", latency.p99)];
  });
  return { name, type: "gauge", help, samples };
}
