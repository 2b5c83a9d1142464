// Reads the history, whoever recorded it.

import { setTimeout as sleep } from "node:timers/promises";
import type { QueueTrend } from "../../../contracts/queue-history.ts";
import {
  HISTORY_RANGES,
  type HistoryPoint,
  type HistoryRange,
  type QueueHistory,
} from "../../../contracts/queue-history.ts";
import type { Keyspace } from "../../../core/keyspace.ts";
import type { Connections } from "../../../core/redis/connections.ts";
import { Bucket, fieldOf, HOURS, MINUTES, QUARTERS, type Ring, stepOf } from "./bucket.ts";
import { unpackCoverage } from "./coverage.ts";
import { Histogram } from "./histogram.ts";
import { historyKeys } from "./keys.ts";
import { unpackTotal } from "./queue-book.ts";

export interface HistoryReader {
  /** @throws {StoreUnavailable} */
  history(queue: string, range: HistoryRange): Promise<Omit<QueueHistory, "recorder">>;
  /** The last hour of each queue; read at most twice a minute, whoever asks. @throws {StoreUnavailable} */
  trends(queues: readonly string[]): Promise<{ from: number; stepMs: number; queues: QueueTrend[] }>;
}

const RING: Record<HistoryRange, Ring> = { "1h": MINUTES, "24h": QUARTERS, "7d": HOURS };
const TREND_STEPS = 5;
const TRENDS_FRESH_MS = 30_000;
/** Queues are asked so many at once, so that no answer is long in coming for somebody else. */
const AT_ONCE = 50;

interface Slice {
  readonly steps: readonly number[];
  readonly fields: readonly string[];
  readonly recorded: readonly number[];
}

export function createHistoryReader(parts: { connections: Connections; keyspace: Keyspace }): HistoryReader {
  const { connections } = parts;
  const keys = historyKeys(parts.keyspace);
  let shared: { at: number; trends: Map<string, Promise<QueueTrend>>; slice: Promise<Slice> } | null = null;

  async function now(): Promise<number> {
    const [seconds, micros] = await connections.run((client) => client.time());
    return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
  }

  /** The steps of a range, up to the one under way, and how much of each was recorded. */
  async function slice(range: HistoryRange): Promise<Slice> {
    const ring = RING[range];
    const last = stepOf(ring, await now());
    const length = HISTORY_RANGES[range].steps;
    const steps = Array.from({ length }, (_, index) => last - length + 1 + index);
    const fields = steps.map((step) => fieldOf(ring, step));
    const values = await connections.run((client) => client.hmgetBuffer(keys.coverage, ...fields));
    return { steps, fields, recorded: steps.map((step, index) => unpackCoverage(values[index], step)) };
  }

  async function buckets(queue: string, { steps, fields }: Slice) {
    const [total, ...values] = await connections.run((client) =>
      client.hmgetBuffer(keys.of(queue), "total", ...fields),
    );
    return {
      total: total ? unpackTotal(total) : ([0, 0] as const),
      buckets: steps.map((step, index) => Bucket.unpack(values[index], step)),
    };
  }

  async function trend(queue: string, wanted: Slice): Promise<QueueTrend> {
    const { total, buckets: minutes } = await buckets(queue, wanted);
    const sum = (read: (bucket: Bucket) => number) =>
      groups(minutes, TREND_STEPS).map((group, at) => {
        const recorded = wanted.recorded.slice(at * TREND_STEPS, (at + 1) * TREND_STEPS).some((ms) => ms > 0);
        return recorded ? group.reduce((all, bucket) => all + (bucket ? read(bucket) : 0), 0) : null;
      });
    return {
      queue,
      completed: sum(({ completed }) => completed),
      failed: sum(({ failed }) => failed),
      ...latencies(minutes),
      completedTotal: total[0],
      failedTotal: total[1],
    };
  }

  return {
    async history(queue, range) {
      const wanted = await slice(range);
      const found = await buckets(queue, wanted);
      const { stepMs } = HISTORY_RANGES[range];
      const points = found.buckets.map((bucket, index) =>
        pointOf(bucket, wanted.steps[index]! * stepMs, wanted.recorded[index]!),
      );
      const sum = (read: (point: HistoryPoint) => number | null) =>
        points.reduce((all, point) => all + (read(point) ?? 0), 0);
      return {
        ...{ range, stepMs, points },
        from: wanted.steps[0]! * stepMs,
        until: (wanted.steps.at(-1)! + 1) * stepMs,
        total: {
          completed: sum(({ completed }) => completed),
          failed: sum(({ failed }) => failed),
          ...latencies(found.buckets),
          recordedMs: sum(({ recordedMs }) => recordedMs),
        },
      };
    },
    async trends(queues) {
      if (shared === null || performance.now() - shared.at > TRENDS_FRESH_MS) {
        const begun = { at: performance.now(), trends: new Map<string, Promise<QueueTrend>>(), slice: slice("1h") };
        shared = begun;
        begun.slice.catch(() => {
          if (shared === begun) shared = null;
        });
      }
      const { trends, slice: wanted } = shared;
      const steps = await wanted;
      const read: QueueTrend[] = [];
      for (let first = 0; first < queues.length; first += AT_ONCE) {
        const group = queues.slice(first, first + AT_ONCE);
        const isNew = group.some((queue) => !trends.has(queue));
        for (const queue of group) if (!trends.has(queue)) trends.set(queue, trend(queue, steps));
        read.push(...(await Promise.all(group.map((queue) => trends.get(queue)!))));
        if (isNew) await sleep(1);
      }
      return {
        from: steps.steps[0]! * MINUTES.stepMs,
        stepMs: TREND_STEPS * MINUTES.stepMs,
        queues: read,
      };
    },
  };
}

function pointOf(bucket: Bucket | null, at: number, recordedMs: number): HistoryPoint {
  // What was written and not covered was cut off between two writes; it happened all the same.
  const isKnown = recordedMs > 0 || bucket !== null;
  return {
    at,
    recordedMs,
    completed: isKnown ? (bucket?.completed ?? 0) : null,
    failed: isKnown ? (bucket?.failed ?? 0) : null,
    wait: bucket?.wait.summary() ?? null,
    run: bucket?.run.summary() ?? null,
    ageMs: bucket?.ageMs ?? null,
    isPartial: bucket?.isPartial ?? false,
  };
}

/** Percentiles over several steps: the histograms add up. */
function latencies(buckets: readonly (Bucket | null)[]) {
  const [wait, run] = [new Histogram(), new Histogram()];
  for (const bucket of buckets) {
    if (bucket === null) continue;
    wait.merge(bucket.wait);
    run.merge(bucket.run);
  }
  return { wait: wait.summary(), run: run.summary() };
}

function groups<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}
