// A scheduler as it lies in Redis. BullMQ's own getter throws at the repeatable jobs that BullMQ 5 left, and deletes what
// it cannot read; looking must do neither. So the hash is read as it is.

import { Job } from "bullmq";
import type { Scheduler } from "../../../contracts/queue-schedulers.ts";
import { type JobParts, toInteger } from "../jobs/fields.ts";
import { present } from "../jobs/texts.ts";
import { parseJson } from "../json.ts";

export interface RawScheduler {
  readonly queue: string;
  readonly id: string;
  readonly nextAt: number | null;
  readonly hash: Readonly<Record<string, string>>;
}

export interface LastRun {
  readonly jobId: string;
  readonly at: number;
  readonly state: "completed" | "failed" | "active" | "waiting";
}

export async function readScheduler(
  { connections, bullmq }: JobParts,
  queue: string,
  id: string,
): Promise<RawScheduler | null> {
  const [hash, next] = await connections.run((client) =>
    Promise.all([bullmq.backend(queue).getJobSchedulerData(id), client.zscore(bullmq.key(queue, "repeat"), id)]),
  );
  return next === null ? null : { queue, id, hash, nextAt: toInteger(next) };
}

/** Only a scheduler counts its iterations; a repeatable job of BullMQ 5 does not. */
export function isLegacy({ hash }: RawScheduler): boolean {
  return hash.ic === undefined;
}

export function toScheduler(
  raw: RawScheduler,
  {
    mask,
    last,
    ...may
  }: Pick<Scheduler, "readOnly" | "confirm"> & Pick<JobParts, "mask"> & { last: LastRun | undefined },
): Scheduler {
  const { queue, id, nextAt } = raw;
  const legacy = isLegacy(raw);
  const hash = Object.keys(raw.hash).length === 0 ? fromLegacyKey(id) : raw.hash;
  const number = (field: string) => toInteger(hash[field] ?? null);
  return {
    ...{ queue, id, isLegacy: legacy, nextAt, ...may },
    name: hash.name ?? id,
    pattern: hash.pattern ?? null,
    everyMs: number("every"),
    offsetMs: number("offset"),
    zone: hash.tz || null,
    startAt: number("startDate"),
    endAt: number("endDate"),
    limit: number("limit"),
    iterations: number("ic"),
    nextJobId: legacy || nextAt === null ? null : `repeat:${id}:${nextAt}`,
    lastAt: last?.at ?? null,
    lastJobId: last?.jobId ?? null,
    lastState: last?.state ?? null,
    data: present(Buffer.from(hash.data ?? "{}"), mask),
    options: present(Buffer.from(JSON.stringify(templateOptionsOf(hash))), mask),
  };
}

/** The options of the jobs it makes. */
export function templateOptionsOf(hash: Readonly<Record<string, string>>): Record<string, unknown> {
  try {
    return Job.optsFromJSON(hash.opts ?? "{}") as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** The data of the jobs it makes. @throws {ApiError} INVALID_INPUT when BullMQ would not write it back as it is */
export function templateDataOf(hash: Readonly<Record<string, string>>): unknown {
  return parseJson(hash.data ?? "{}", "data");
}

/** In the oldest form the key itself said it all: `name:jobId:endDate:zone:pattern`, or ms in place of the pattern. */
function fromLegacyKey(key: string): Record<string, string> {
  const [name = key, , endDate = "", tz = "", ...rest] = key.split(":");
  const suffix = rest.join(":");
  if (suffix === "") return { name: key };
  return {
    name,
    ...(endDate === "" ? {} : { endDate }),
    ...(tz === "" ? {} : { tz }),
    ...(/^\d+$/.test(suffix) ? { every: suffix } : { pattern: suffix }),
  };
}
