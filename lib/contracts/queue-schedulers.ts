// Job schedulers of all queues in one table, with the repeatable jobs that BullMQ 5 left behind. Times are ms since the
// epoch.

import * as z from "zod";
import { defineEndpoint } from "./endpoint.ts";
import { reason } from "./keys.ts";
import { jobReply, jsonText, MAX_JOB_BODY_BYTES } from "./queue-job-acts.ts";
import { jobText } from "./queue-jobs.ts";
import { actBody, destructiveBody, jobId, queueErrors, queueName } from "./queues.ts";

export const schedulerId = z.string().min(1).max(1_024);
const schedulerParams = z.object({ queue: queueName, id: schedulerId });

export const scheduler = z.object({
  queue: queueName,
  id: schedulerId,
  /** A repeatable job of BullMQ 5: shown, but BullMQ 6 cannot change it. */
  isLegacy: z.boolean(),
  name: z.string(),
  pattern: z.string().nullable(),
  everyMs: z.number().int().nullable(),
  offsetMs: z.number().int().nullable(),
  zone: z.string().nullable(),
  startAt: z.number().int().nullable(),
  endAt: z.number().int().nullable(),
  limit: z.number().int().nullable(),
  iterations: z.number().int().nullable(),
  nextAt: z.number().int().nullable(),
  nextJobId: jobId.nullable(),
  /** The latest run still kept; null when it is not known. */
  lastAt: z.number().int().nullable(),
  lastJobId: jobId.nullable(),
  lastState: z.enum(["completed", "failed", "active", "waiting"]).nullable(),
  data: jobText,
  options: jobText,
  readOnly: z.boolean(),
  /** The text to type before it is removed; null when a plain confirmation is enough. */
  confirm: z.string().nullable(),
});
export type Scheduler = z.infer<typeof scheduler>;

/** Whoever changes a scheduler here should know. */
export const OVERWRITE_WARNING =
  "The application usually sets its schedulers when it starts: its next start may overwrite this.";

export const listSchedulers = defineEndpoint({
  id: "listSchedulers",
  method: "GET",
  path: "/api/schedulers",
  role: "viewer",
  summary: "The schedulers of all queues, or of one, next run first",
  query: z.strictObject({ queue: queueName.optional() }),
  reply: z.object({
    schedulers: z.array(scheduler),
    /** More than are shown; the first 500 of a queue are. */
    total: z.number().int(),
    warning: z.string(),
    asOf: z.number().int(),
  }),
  errors: ["QUEUE_NOT_FOUND"],
});

/** When it runs: exactly one of `pattern` and `everyMs`. */
export const schedule = z.strictObject({
  pattern: z.string().min(1).max(200).optional(),
  everyMs: z.number().optional(),
  zone: z.string().min(1).max(100).optional(),
  startAt: z.number().optional(),
  endAt: z.number().optional(),
  limit: z.number().optional(),
  offsetMs: z.number().optional(),
});
export type Schedule = z.infer<typeof schedule>;

export const previewSchedule = defineEndpoint({
  id: "previewSchedule",
  method: "POST",
  path: "/api/schedulers/preview",
  role: "operator",
  summary: "The next runs of a schedule, or why it is none",
  body: schedule,
  reply: z.object({ runs: z.array(z.number().int()) }),
});

export const saveScheduler = defineEndpoint({
  id: "saveScheduler",
  method: "PUT",
  path: "/api/queues/{queue}/schedulers/{id}",
  role: "operator",
  summary: "Creates or changes a scheduler",
  params: schedulerParams,
  body: z.strictObject({
    /** create: refused when there is one of this id · change: refused when there is none. */
    mode: z.enum(["create", "change"]),
    schedule,
    name: z.string().min(1).max(1_000),
    /** Of the jobs it makes. Left out: as it is, or `{}` for a new one. */
    data: jsonText.optional(),
    /** A JSON object with BullMQ's job options. Left out: the same. */
    options: jsonText.optional(),
    reason,
  }),
  reply: z.object({ scheduler, warning: z.string(), undoId: z.string().nullable() }),
  errors: [...queueErrors, "CONFLICT", "NOT_FOUND"],
  maxBodyBytes: MAX_JOB_BODY_BYTES,
});

export const runScheduler = defineEndpoint({
  id: "runScheduler",
  method: "POST",
  path: "/api/queues/{queue}/schedulers/{id}/run",
  role: "operator",
  summary: "Adds the scheduler's job once, now; its rhythm stays",
  params: schedulerParams,
  body: actBody,
  reply: jobReply,
  errors: [...queueErrors, "NOT_FOUND"],
});

export const removeScheduler = defineEndpoint({
  id: "removeScheduler",
  method: "DELETE",
  path: "/api/queues/{queue}/schedulers/{id}",
  role: "operator",
  summary: "Pauses a scheduler by removing it, its next run included; undo brings it back",
  params: schedulerParams,
  body: destructiveBody,
  reply: z.object({ undoId: z.string().nullable(), undoBecause: z.string().nullable(), warning: z.string() }),
  errors: [...queueErrors, "NOT_FOUND", "CONFLICT", "CONFIRMATION_REQUIRED"],
});

// ---- undo ------------------------------------------------------------------------------------------------------------

/** A removed job, or a removed or changed scheduler, that can be brought back. */
export const queueUndo = z.object({
  id: z.string(),
  kind: z.enum(["job", "scheduler"]),
  queue: queueName,
  /** Of the job or the scheduler. */
  target: z.string(),
  by: z.string(),
  at: z.number().int(),
  until: z.number().int(),
});
export type QueueUndo = z.infer<typeof queueUndo>;

export const listQueueUndo = defineEndpoint({
  id: "listQueueUndo",
  method: "GET",
  path: "/api/queue-undo",
  role: "operator",
  summary: "What was removed here in the last hour and can be brought back, newest first",
  reply: z.object({ entries: z.array(queueUndo) }),
});

export const undoQueueAct = defineEndpoint({
  id: "undoQueueAct",
  method: "POST",
  path: "/api/queue-undo/{id}",
  role: "operator",
  summary: "Brings a job or scheduler back with the same id and options; a job that had run will run again",
  params: z.object({ id: z.string().regex(/^[0-9a-f-]{36}$/) }),
  body: actBody,
  reply: z.object({ queue: queueName, kind: z.enum(["job", "scheduler"]), target: z.string(), state: z.string() }),
  errors: [...queueErrors, "NOT_FOUND", "CONFLICT"],
});
