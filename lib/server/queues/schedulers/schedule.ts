// When something runs: checked with BullMQ's own clockwork before it is saved.

import { defaultRepeatStrategy, type RepeatOptions } from "bullmq";
import type { previewSchedule as previewEndpoint, Schedule } from "../../../contracts/queue-schedulers.ts";
import type { Service } from "../../context.ts";
import { invalid } from "../json.ts";

/** A schedule as BullMQ wants it. */
export type Repeat = Omit<RepeatOptions, "key">;

const RUNS = 5;
const MAX_TIME = 8.64e15;

/** @throws {ApiError} INVALID_INPUT with what is wrong */
export function checkSchedule(schedule: Schedule, now = Date.now()): Repeat {
  const { pattern, everyMs, zone, startAt, endAt, limit, offsetMs } = schedule;
  if ((pattern === undefined) === (everyMs === undefined)) throw invalid("Give exactly one of pattern and everyMs");
  if (everyMs !== undefined) requireInteger(everyMs, "everyMs", 1, 100 * 365 * 24 * 3_600_000);
  if (everyMs !== undefined && zone !== undefined) throw invalid("zone: an interval knows no zone");
  if (zone !== undefined) requireZone(zone);
  if (startAt !== undefined) requireInteger(startAt, "startAt", 0, MAX_TIME);
  if (endAt !== undefined) requireInteger(endAt, "endAt", 0, MAX_TIME);
  if (endAt !== undefined && endAt <= now) throw invalid("endAt: End date must be greater than current timestamp");
  if (endAt !== undefined && startAt !== undefined && endAt <= startAt) throw invalid("endAt must be after startAt");
  if (limit !== undefined) requireInteger(limit, "limit", 1, 1_000_000_000);
  if (offsetMs !== undefined) requireInteger(offsetMs, "offsetMs", 0, Math.max(0, (everyMs ?? 0) - 1));
  const repeat: Repeat = {
    ...(pattern === undefined ? {} : { pattern }),
    ...(everyMs === undefined ? {} : { every: everyMs }),
    ...(zone === undefined ? {} : { tz: zone }),
    ...(startAt === undefined ? {} : { startDate: startAt }),
    ...(endAt === undefined ? {} : { endDate: endAt }),
    ...(limit === undefined ? {} : { limit }),
    ...(offsetMs === undefined ? {} : { offset: offsetMs }),
  };
  if (pattern !== undefined && nextRuns(repeat, now, 1).length === 0)
    throw invalid("pattern: it never matches between its start and its end");
  return repeat;
}

/** The next times it would run. @throws {ApiError} INVALID_INPUT for a pattern that is none */
export function nextRuns(repeat: Repeat, now: number, count: number): number[] {
  const runs: number[] = [];
  const end = repeat.endDate === undefined ? Number.POSITIVE_INFINITY : Number(repeat.endDate);
  for (let at = now; runs.length < Math.min(count, repeat.limit ?? count); ) {
    const next = nextRun(repeat, at, runs.length === 0);
    if (next === undefined || next > end) break;
    runs.push(next);
    at = next;
  }
  return runs;
}

function nextRun(repeat: Repeat, at: number, isFirst: boolean): number | undefined {
  const { every } = repeat;
  // BullMQ runs an interval's first job at once, or at its start.
  if (every !== undefined) return isFirst ? Math.max(at, Number(repeat.startDate ?? 0)) : at + every;
  try {
    return defaultRepeatStrategy(at, repeat as RepeatOptions);
  } catch (error) {
    throw invalid(`pattern: ${error instanceof Error ? error.message : "not a cron expression"}`);
  }
}

function requireInteger(value: number, name: string, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw invalid(`${name}: expected an integer from ${least} to ${most}, got ${value}`);
}

function requireZone(zone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch {
    throw invalid(`zone: ${zone} is no time zone; write it like Europe/Berlin`);
  }
}

export const previewSchedule: Service<typeof previewEndpoint> = async (_context, { body }) => {
  const now = Date.now();
  return { runs: nextRuns(checkSchedule(body, now), now, RUNS) };
};
