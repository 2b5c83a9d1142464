// A schedule while it is being written: text in fields, as the API takes it in the end.

import type { Schedule, Scheduler } from "../../contracts/queue-schedulers.ts";

export interface ScheduleDraft {
  readonly kind: "pattern" | "every";
  readonly pattern: string;
  readonly zone: string;
  /** Seconds. */
  readonly every: string;
  readonly limit: string;
}

export const NEW_SCHEDULE: ScheduleDraft = { kind: "pattern", pattern: "0 * * * *", zone: "", every: "60", limit: "" };

export function draftOf({ pattern, zone, everyMs, limit }: Scheduler): ScheduleDraft {
  return {
    kind: everyMs === null ? "pattern" : "every",
    pattern: pattern ?? NEW_SCHEDULE.pattern,
    zone: zone ?? "",
    every: everyMs === null ? NEW_SCHEDULE.every : String(everyMs / 1_000),
    limit: limit === null ? "" : String(limit),
  };
}

/** What is kept of a scheduler that the form does not show. */
export type KeptSchedule = Pick<Scheduler, "startAt" | "endAt" | "offsetMs">;

/** Whatever was typed goes to the server, which says what is wrong with it in BullMQ's words. */
export function scheduleOf(draft: ScheduleDraft, kept: KeptSchedule | null): Schedule {
  const { kind, pattern, zone, every, limit } = draft;
  return {
    ...(kind === "pattern"
      ? { pattern: pattern.trim(), ...(zone.trim() && { zone: zone.trim() }) }
      : { everyMs: Math.round(Number(every) * 1_000), ...(kept?.offsetMs && { offsetMs: kept.offsetMs }) }),
    ...(limit.trim() && { limit: Number(limit) }),
    ...(kept?.startAt && { startAt: kept.startAt }),
    ...(kept?.endAt && { endAt: kept.endAt }),
  };
}
