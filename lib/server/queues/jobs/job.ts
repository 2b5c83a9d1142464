// Everything about one job.

import { allows } from "../../../contracts/endpoint.ts";
import type { getJob as endpoint, JobDetail, JobLink } from "../../../contracts/queue-jobs.ts";
import { JOB_STATES, type JobState } from "../../../contracts/queues.ts";
import { displayName } from "../../../explorer/bytes.ts";
import type { Context, Service } from "../../context.ts";
import { confirmText, jobNotFound, requireJob, requireQueue } from "../access.ts";
import type { Bullmq } from "../bullmq.ts";
import { withBullmq } from "../refusal.ts";
import { type JobParts, optionsOf, readDue, readFields, rowOf, toInteger } from "./fields.ts";
import { jobParts } from "./jobs.ts";
import { fingerprintOf, present } from "./texts.ts";
import { readTimeline, stacksOf, startsOf } from "./timeline.ts";

export const getJob: Service<typeof endpoint> = async (context, { params }) => {
  await requireQueue(context, params.queue);
  await requireJob(context, params.queue, params.id);
  return withBullmq(() => readJob(context, params.queue, params.id));
};

/** Stacks are long, and the first lines of the latest ones tell most. */
const MOST_STACKS = 20;

async function readJob(context: Context, queue: string, id: string): Promise<JobDetail> {
  const parts = jobParts(context);
  const { connections, bullmq, mask } = parts;
  const key = bullmq.key(queue, id);
  const backend = bullmq.backend(queue);
  const [fields, state, dueAt, data, returnValue, stacktrace, token, lockMs, logs, dependencies] =
    await connections.run((client) =>
      Promise.all([
        readFields(parts, queue, id),
        readState(bullmq, queue, id),
        readDue(parts, queue, id),
        readLong(parts, queue, id, "data"),
        readLong(parts, queue, id, "returnvalue"),
        readLong(parts, queue, id, "stacktrace"),
        client.get(`${key}:lock`),
        client.pttl(`${key}:lock`),
        client.llen(`${key}:logs`),
        backend.getDependencyCounts(id, ["processed", "unprocessed", "ignored", "failed"]),
      ]),
    );
  if (fields.name === null && data.bytes === 0) throw jobNotFound(id);

  const shownState = state === "unknown" ? "waiting" : state;
  const row = rowOf({ id, state: shownState, fields, dataBytes: data.bytes, dueAt, mask });
  const stacks = stacksOf(stacktrace.value.toString());
  const attemptsStarted = startsOf(fields.ats, row);
  const delayMs = toInteger(fields.delay) ?? 0;
  const [processed = 0, unprocessed = 0, ignored = 0, failed = 0] = dependencies.map(Number);
  const text = (value: string) => present(Buffer.from(value), mask);
  return {
    ...{ ...row, queue, state, attemptsStarted, delayMs, logs },
    data: present(data.value, mask, data.bytes),
    options: text(JSON.stringify(optionsOf(fields) ?? fields.opts)),
    progressText: text(fields.progress ?? "0"),
    returnValue: returnValue.bytes === 0 ? null : present(returnValue.value, mask, returnValue.bytes),
    failure: fields.failedReason === null ? null : text(fields.failedReason),
    stacks: stacks.slice(-MOST_STACKS).map(text),
    timeline: await readTimeline(parts, queue, { row, delayMs, attemptsStarted, stacks }),
    lock:
      token === null
        ? null
        : { token: displayName(Buffer.from(token)), worker: fields.pb, remainingMs: Math.max(0, lockMs) },
    parent: fields.parentKey ? linkOf(bullmq, fields.parentKey) : null,
    children: { processed, unprocessed, ignored, failed },
    dataFingerprint: fingerprintOf(data.value),
    confirm: confirmText(context, id),
    can: permissions(context, queue, { state, isLocked: token !== null }),
    asOf: Date.now(),
  };
}

/** A longer one is not read to be looked at: it is told how long it is, and downloaded. */
const MOST_READ_BYTES = 16 * 1024 * 1024;

async function readLong({ connections, bullmq }: JobParts, queue: string, id: string, field: string) {
  const key = bullmq.key(queue, id);
  const bytes = await connections.run((client) => client.hstrlen(key, field));
  const isRead = bytes > 0 && bytes <= MOST_READ_BYTES;
  const value = isRead ? await connections.run((client) => client.hgetBuffer(key, field)) : null;
  return { bytes, value: value ?? Buffer.alloc(0) };
}

/** Where the job is. BullMQ 6 calls a job in the list `paused` waiting; here it is told apart, as its counts are. */
export async function readState(bullmq: Bullmq, queue: string, id: string): Promise<JobState | "unknown"> {
  const state = await bullmq.backend(queue).getState(id);
  if (state === "waiting" && (await bullmq.backend(queue).isJobInState("paused", id))) return "paused";
  return isJobState(state) ? state : "unknown";
}

function isJobState(state: string): state is JobState {
  return (JOB_STATES as readonly string[]).includes(state);
}

/** Where a job's key leads; under another prefix nothing but that is told. */
export function linkOf(bullmq: Bullmq, key: string): JobLink {
  const link = bullmq.parseJobKey(key);
  return link === null ? { queue: null, id: null, isForeign: true } : { ...link, isForeign: false };
}

function permissions(
  { actor, runtime }: Context,
  queue: string,
  { state, isLocked }: { state: JobState | "unknown"; isLocked: boolean },
): JobDetail["can"] {
  const isReadOnly = runtime.queues.isReadOnly(queue);
  const may = !isReadOnly && allows(actor.role, "operator");
  const isIn = (...states: JobState[]) => may && states.includes(state as JobState);
  return {
    act: may,
    retry: isIn("failed", "completed"),
    promote: isIn("delayed"),
    remove: may && !isLocked,
    updateData: may,
    changePriority: isIn("waiting", "prioritized", "delayed"),
    changeDelay: isIn("delayed"),
    moveToDelayed: isIn("active") && !isLocked,
    fail: isIn("active") && !isLocked,
    because: isReadOnly
      ? "This queue is read-only here (READ_ONLY_QUEUES)."
      : !may
        ? "This needs the role operator."
        : isLocked
          ? "A worker holds this job."
          : null,
  };
}
