// The HTTP contract of queues' history: how many jobs ended, how many of them badly, how long they waited and ran, and how
// old the oldest waiting one was. Times are ms since the epoch by Redis' clock, durations ms.

import * as z from "zod";
import { defineEndpoint } from "./endpoint.ts";
import { queueName, queueParams } from "./queues.ts";

/** A range, and the steps it is told in. */
export const HISTORY_RANGES = {
  "1h": { stepMs: 60_000, steps: 60 },
  "24h": { stepMs: 15 * 60_000, steps: 96 },
  "7d": { stepMs: 60 * 60_000, steps: 168 },
} as const;
export const historyRange = z.enum(Object.keys(HISTORY_RANGES) as [HistoryRange, ...HistoryRange[]]);
export type HistoryRange = keyof typeof HISTORY_RANGES;

/** Latencies are kept in classes 19 % apart, so a percentile is told within 9 %. */
export const latency = z.object({
  count: z.number().int(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
});
export type Latency = z.infer<typeof latency>;

export const historyPoint = z.object({
  at: z.number().int(),
  /** For how much of the step somebody recorded; 0: a gap, and every figure is null. */
  recordedMs: z.number().int(),
  completed: z.number().int().nullable(),
  /** Jobs that failed for good; attempts that are tried again are not counted. */
  failed: z.number().int().nullable(),
  /** From being ready to run until an attempt began; null when none began. */
  wait: latency.nullable(),
  /** From the beginning of the last attempt until the job ended. */
  run: latency.nullable(),
  /** How long the oldest waiting job had waited, at most; null when none waited. */
  ageMs: z.number().int().nullable(),
  /** Redis had dropped events before they were read: there was more than this. */
  isPartial: z.boolean(),
});
export type HistoryPoint = z.infer<typeof historyPoint>;

/** Who writes the history down. One console does, whichever came first. */
export const historyRecorder = z.object({
  state: z.enum(["here", "elsewhere", "nobody"]),
  /** Why this console cannot; null when nothing is wrong. */
  because: z.string().nullable(),
});

export type HistoryRecorder = z.infer<typeof historyRecorder>;

export const queueHistory = z.object({
  range: historyRange,
  stepMs: z.number().int(),
  from: z.number().int(),
  until: z.number().int(),
  points: z.array(historyPoint),
  total: z.object({
    completed: z.number().int(),
    failed: z.number().int(),
    wait: latency.nullable(),
    run: latency.nullable(),
    /** How much of the range was recorded. */
    recordedMs: z.number().int(),
  }),
  recorder: historyRecorder,
});
export type QueueHistory = z.infer<typeof queueHistory>;

export const getQueueHistory = defineEndpoint({
  id: "getQueueHistory",
  method: "GET",
  path: "/api/queues/{queue}/history",
  role: "viewer",
  summary: "Throughput, failures, latencies and age of one queue over an hour, a day or a week",
  params: queueParams,
  query: z.strictObject({ range: historyRange.default("1h") }),
  reply: queueHistory,
  errors: ["QUEUE_NOT_FOUND"],
});

/** The last hour of a queue in few figures, for a line of the list. */
export const queueTrend = z.object({
  queue: queueName,
  /** Per step, oldest first; null: nobody recorded. */
  completed: z.array(z.number().int().nullable()),
  failed: z.array(z.number().int().nullable()),
  wait: latency.nullable(),
  run: latency.nullable(),
  /** Since the recording began. */
  completedTotal: z.number().int(),
  failedTotal: z.number().int(),
});
export type QueueTrend = z.infer<typeof queueTrend>;

export const listQueueTrends = defineEndpoint({
  id: "listQueueTrends",
  method: "GET",
  path: "/api/queue-trends",
  role: "viewer",
  summary: "The last hour of every queue in steps of five minutes; read at most twice a minute, for all who ask",
  reply: z.object({
    from: z.number().int(),
    stepMs: z.number().int(),
    queues: z.array(queueTrend),
    recorder: historyRecorder,
  }),
});
