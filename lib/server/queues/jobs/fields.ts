// A job as it lies in Redis. BullMQ's getters read the whole of it, payload included; a table of fifty jobs of 5 MB each
// must not. So tables read chosen fields, and this is the one place that knows how BullMQ calls them.

import { Job } from "bullmq";
import type { JobRow } from "../../../contracts/queue-jobs.ts";
import type { JobState } from "../../../contracts/queues.ts";
import type { Connections } from "../../../core/redis/connections.ts";
import type { Mask } from "../../../explorer/mask.ts";
import type { Bullmq } from "../bullmq.ts";
import { type JobField, readJobs } from "./read-jobs.ts";

const FIELDS = [
  ...["name", "timestamp", "delay", "priority", "progress", "processedOn", "finishedOn", "failedReason"],
  ...["atm", "attemptsMade", "ats", "stc", "pb", "rjk", "deid", "parentKey", "opts"],
] as const;
type Field = (typeof FIELDS)[number];

/** The small fields of a job as text; null where there is none. */
export type JobFields = Readonly<Record<Field, string | null>>;

export interface JobParts {
  readonly connections: Connections;
  readonly bullmq: Bullmq;
  readonly mask: Mask;
  /** READ_ONLY_QUEUES. */
  readonly isReadOnly: (queue: string) => boolean;
}

/** One line of text, as much of it as fits a table. */
const MAX_LINE = 300;
/** A delayed job's score is the time it is due, in ms, times this, plus a counter. */
const DELAY_UNIT = 0x1000;

export async function readFields(parts: JobParts, queue: string, id: string): Promise<JobFields> {
  const [values = []] = await readJobs(parts, queue, [id], FIELDS);
  return toFields(values);
}

/** Fields of jobs named by their keys, whatever their queues; null for a key under another prefix, of which nothing is read. */
export async function readFieldsOf(
  parts: JobParts,
  keys: readonly string[],
  fields: readonly JobField[],
): Promise<((string | null)[] | null)[]> {
  const links = keys.map((key) => parts.bullmq.parseJobKey(key));
  const found = new Map<string, (string | null)[]>();
  const queues = new Set(links.flatMap((link) => (link === null ? [] : [link.queue])));
  await Promise.all(
    Array.from(queues, async (queue) => {
      const ids = links.flatMap((link) => (link?.queue === queue ? [link.id] : []));
      const jobs = await readJobs(parts, queue, ids, fields);
      for (const [at, values] of jobs.entries()) found.set(parts.bullmq.key(queue, ids[at]!), values);
    }),
  );
  return keys.map((key) => found.get(key) ?? null);
}

/** The lines of these jobs, in their order. */
export async function readRows(
  parts: JobParts,
  queue: string,
  ids: readonly string[],
  state: JobState,
): Promise<JobRow[]> {
  const isDelayed = state === "delayed";
  const jobs = await readJobs(parts, queue, ids, [...FIELDS, "#data", ...(isDelayed ? ["@delayed"] : [])]);
  return jobs.map((values, at) => {
    const [dataBytes = null, score = null] = values.slice(FIELDS.length);
    const about = { dataBytes: Number(dataBytes), dueAt: dueOf(score), mask: parts.mask };
    return rowOf({ id: ids[at]!, state, fields: toFields(values), ...about });
  });
}

export async function readRow(parts: JobParts, queue: string, id: string, state: JobState): Promise<JobRow> {
  const [row] = await readRows(parts, queue, [id], state);
  return row!;
}

/** When a delayed job will run; null for one that is not delayed (any more). */
export async function readDue({ connections, bullmq }: JobParts, queue: string, id: string): Promise<number | null> {
  return dueOf(await connections.run((client) => client.zscore(bullmq.key(queue, "delayed"), id)));
}

function toFields(values: readonly (string | null)[]): JobFields {
  return Object.fromEntries(FIELDS.map((field, at) => [field, values[at] ?? null])) as JobFields;
}

function dueOf(score: string | null): number | null {
  return score === null ? null : Math.floor(Number(score) / DELAY_UNIT);
}

export function rowOf(given: {
  readonly id: string;
  readonly state: JobState;
  readonly fields: JobFields;
  readonly dataBytes: number;
  readonly dueAt: number | null;
  readonly mask: Mask;
}): JobRow {
  const { id, state, fields, dataBytes, dueAt, mask } = given;
  return {
    ...{ id, state, dataBytes, dueAt },
    name: fields.name,
    attemptsMade: toInteger(fields.atm ?? fields.attemptsMade) ?? 0,
    attempts: attemptsOf(fields),
    progress: progressOf(fields.progress, mask),
    priority: toInteger(fields.priority) ?? 0,
    addedAt: toInteger(fields.timestamp),
    processedAt: toInteger(fields.processedOn),
    finishedAt: toInteger(fields.finishedOn),
    worker: fields.pb,
    failedReason: fields.failedReason === null ? null : firstLine(fields.failedReason, mask),
    stalls: toInteger(fields.stc) ?? 0,
    schedulerId: fields.rjk,
    deduplicationId: fields.deid,
    hasParent: fields.parentKey !== null && fields.parentKey !== "",
  };
}

/** The job's options with the names BullMQ's API uses; null when they are no JSON. */
export function optionsOf(fields: Pick<JobFields, "opts">): Record<string, unknown> | null {
  try {
    return Job.optsFromJSON(fields.opts ?? "{}") as Record<string, unknown>;
  } catch {
    return null;
  }
}

export function firstLine(text: string, mask: Mask): string {
  const line = text.trimStart().split("\n", 1)[0] ?? "";
  const { text: shown } = mask.text(line.slice(0, 4 * MAX_LINE));
  return shown.length > MAX_LINE ? `${shown.slice(0, MAX_LINE)}…` : shown;
}

export function toInteger(text: string | null): number | null {
  if (text === null || text.trim() === "") return null;
  const number = Math.trunc(Number(text));
  return Number.isSafeInteger(number) ? number : null;
}

/** BullMQ writes 0 for "once". */
function attemptsOf(fields: JobFields): number {
  const attempts = optionsOf(fields)?.attempts;
  return typeof attempts === "number" && attempts > 1 ? Math.trunc(attempts) : 1;
}

function progressOf(text: string | null, mask: Mask): number | string | null {
  if (text === null) return null;
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) ? number : firstLine(text, mask);
}
