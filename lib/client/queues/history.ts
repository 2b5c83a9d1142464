// A queue's history as its charts need it: the question to the API, scales with round figures, and points in words.

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { getQueueHistory, type HistoryPoint, type HistoryRange } from "../../contracts/queue-history.ts";
import { call } from "../api.ts";
import { formatCount, formatDuration, formatPercent } from "../format.ts";

/** It is written down every 15 s, and a write is no change an operator would wait for. */
export const HISTORY_REFRESH_MS = 15_000;

export function queueHistoryQuery(queue: string, range: HistoryRange) {
  return queryOptions({
    // Not below ["queues"]: what changes there all the time changes here by a figure.
    queryKey: ["queue-history", queue, range],
    queryFn: ({ signal }) => call(getQueueHistory, { params: { queue }, query: { range }, signal }),
    placeholderData: keepPreviousData,
  });
}

/** One line, or one layer of bars. Null: nothing was measured. */
export interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

export type Unit = "count" | "share" | "ms";

const FORMAT: Record<Unit, (value: number) => string> = {
  count: formatCount,
  share: formatPercent,
  ms: formatDuration,
};

export function formatIn(unit: Unit, value: number | null): string {
  return value === null ? "–" : FORMAT[unit](value);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Durations that read well at an axis, and whose half does as well. */
const ROUND_MS = [
  ...[2, 4, 10, 20, 40, 100, 200, 400, 1_000, 2_000, 4_000, 10_000, 20_000, 40_000],
  ...[MINUTE, 2 * MINUTE, 4 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE],
  ...[HOUR, 2 * HOUR, 4 * HOUR, 12 * HOUR, DAY, 2 * DAY, 4 * DAY, 10 * DAY, 20 * DAY],
];
const ROUND_SHARES = [0.02, 0.04, 0.1, 0.2, 0.4, 1];

/** The upper edge of an axis: a round figure, no less than the highest value. */
export function topOf(unit: Unit, highest: number): number {
  if (unit === "share") return ROUND_SHARES.find((round) => round >= highest) ?? 1;
  if (unit === "ms") return ROUND_MS.find((round) => round >= highest) ?? Math.ceil(highest / DAY) * DAY;
  let size = 1;
  while (10 * size < highest) size *= 10;
  return [2, 4, 10].map((step) => step * size).find((round) => round >= highest) ?? 10 * size;
}

const LABELS: Record<HistoryRange, { everyMs: number; text: (at: number) => string }> = {
  "1h": { everyMs: 15 * MINUTE, text: timeOf },
  "24h": { everyMs: 6 * HOUR, text: timeOf },
  "7d": { everyMs: DAY, text: dayOf },
};

/** Where round moments lie, as a share of the width. */
export function momentsOf(range: HistoryRange, from: number, until: number): { share: number; text: string }[] {
  const { everyMs, text } = LABELS[range];
  const moments: { share: number; text: string }[] = [];
  for (let at = Math.ceil(from / everyMs) * everyMs; at < until; at += everyMs)
    moments.push({ share: (at - from) / (until - from), text: text(at) });
  return moments;
}

/** `14:05`, or `Nov 21, 14:00` when the range is longer than a day. All times are UTC. */
export function stepName(range: HistoryRange, at: number): string {
  return range === "7d" ? `${dayOf(at)}, ${timeOf(at)}` : timeOf(at);
}

/** Runs of points of which nothing was recorded: first and length. */
export function gapsOf(points: readonly HistoryPoint[]): { first: number; length: number }[] {
  const gaps: { first: number; length: number }[] = [];
  for (const [index, { completed }] of points.entries()) {
    if (completed !== null) continue;
    const last = gaps.at(-1);
    if (last && last.first + last.length === index) last.length++;
    else gaps.push({ first: index, length: 1 });
  }
  return gaps;
}

/** Of jobs that ended, how many did badly; null when none ended. */
export function failureRate({ completed, failed }: Pick<HistoryPoint, "completed" | "failed">): number | null {
  const ended = (completed ?? 0) + (failed ?? 0);
  return ended === 0 ? null : (failed ?? 0) / ended;
}

function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

function dayOf(at: number): string {
  return new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", timeZone: "UTC" }).format(at);
}
