// Everything that can be done to one job, and adding one. Times are ms since the epoch, sizes bytes.

import * as z from "zod";
import { defineEndpoint } from "./endpoint.ts";
import { reason } from "./keys.ts";
import { jobParams } from "./queue-jobs.ts";
import { actBody, destructiveBody, jobId, jobState, queueErrors, queueParams } from "./queues.ts";

/** JSON as text, so that the server says where it is wrong. */
export const jsonText = z.string().max(8 * 1024 * 1024);
export const MAX_JOB_BODY_BYTES = 10 * 1024 * 1024;

const jobErrors = [...queueErrors, "JOB_NOT_FOUND", "JOB_LOCKED", "JOB_STATE_CHANGED"] as const;

/** What came of an act on a job. */
export const jobReply = z.object({ id: jobId, state: jobState.or(z.literal("unknown")) });
export type JobReply = z.infer<typeof jobReply>;

export const addJob = defineEndpoint({
  id: "addJob",
  method: "POST",
  path: "/api/queues/{queue}/jobs",
  role: "operator",
  summary: "Adds a job; BullMQ's rules for options apply and are told in its words",
  params: queueParams,
  body: z.strictObject({
    name: z.string().min(1).max(1_000),
    data: jsonText.default("{}"),
    /** A JSON object with BullMQ's job options. */
    options: jsonText.default("{}"),
    reason,
  }),
  reply: jobReply,
  errors: [...queueErrors, "CONFLICT"],
  maxBodyBytes: MAX_JOB_BODY_BYTES,
});

export const duplicateJob = defineEndpoint({
  id: "duplicateJob",
  method: "POST",
  path: "/api/queues/{queue}/jobs/{id}/duplicate",
  role: "operator",
  summary: "Adds a job with the same name, data and options under a new id",
  params: jobParams,
  body: actBody,
  reply: jobReply,
  errors: jobErrors,
});

export const retryJob = defineEndpoint({
  id: "retryJob",
  method: "POST",
  path: "/api/queues/{queue}/jobs/{id}/retry",
  role: "operator",
  summary: "Lets a failed or completed job run again, also with its attempts counted anew",
  params: jobParams,
  body: z.strictObject({
    resetAttempts: z.boolean().default(false),
    /** Where it was seen: a failed job that was done meanwhile is not done twice. Left out: wherever it is. */
    from: z.enum(["failed", "completed"]).optional(),
    reason,
  }),
  reply: jobReply,
  errors: jobErrors,
});

export const promoteJob = defineEndpoint({
  id: "promoteJob",
  method: "POST",
  path: "/api/queues/{queue}/jobs/{id}/promote",
  role: "operator",
  summary: "Lets a delayed job run now",
  params: jobParams,
  body: actBody,
  reply: jobReply,
  errors: jobErrors,
});

export const removeJob = defineEndpoint({
  id: "removeJob",
  method: "DELETE",
  path: "/api/queues/{queue}/jobs/{id}",
  role: "operator",
  summary: "Removes a job that is not at work, with or without its children",
  params: jobParams,
  body: destructiveBody.extend({ withChildren: z.boolean().default(false) }),
  reply: z.object({
    /** Give it to undoQueueAct within the hour; null when it cannot be undone, `undoBecause` says why. */
    undoId: z.string().nullable(),
    undoBecause: z.string().nullable(),
  }),
  errors: [...jobErrors, "CONFIRMATION_REQUIRED", "CONFLICT"],
});

export const updateJobData = defineEndpoint({
  id: "updateJobData",
  method: "PUT",
  path: "/api/queues/{queue}/jobs/{id}/data",
  role: "operator",
  summary: "Replaces a job's data",
  params: jobParams,
  body: z.strictObject({ data: jsonText, expected: z.string().max(100).optional(), reason }),
  reply: jobReply,
  errors: [...jobErrors, "CONFLICT"],
  maxBodyBytes: MAX_JOB_BODY_BYTES,
});

export const updateJobProgress = defineEndpoint({
  id: "updateJobProgress",
  method: "PUT",
  path: "/api/queues/{queue}/jobs/{id}/progress",
  role: "operator",
  summary: "Sets a job's progress: a number, text, true or false, or an object",
  params: jobParams,
  body: z.strictObject({ progress: jsonText, reason }),
  reply: jobReply,
  errors: jobErrors,
});

export const changeJobPriority = defineEndpoint({
  id: "changeJobPriority",
  method: "PUT",
  path: "/api/queues/{queue}/jobs/{id}/priority",
  role: "operator",
  summary: "Changes a waiting job's priority: 0 none, 1 most urgent, 2097151 least",
  params: jobParams,
  body: z.strictObject({ priority: z.number(), lifo: z.boolean().default(false), reason }),
  reply: jobReply,
  errors: jobErrors,
});

export const changeJobDelay = defineEndpoint({
  id: "changeJobDelay",
  method: "PUT",
  path: "/api/queues/{queue}/jobs/{id}/delay",
  role: "operator",
  summary: "Lets a delayed job wait so many ms from now",
  params: jobParams,
  body: z.strictObject({ delayMs: z.number(), reason }),
  reply: jobReply,
  errors: jobErrors,
});

export const moveJobToDelayed = defineEndpoint({
  id: "moveJobToDelayed",
  method: "POST",
  path: "/api/queues/{queue}/jobs/{id}/move-to-delayed",
  role: "operator",
  summary: "Puts an active job whose lock is gone back, to run in so many ms",
  params: jobParams,
  body: z.strictObject({ delayMs: z.number(), reason }),
  reply: jobReply,
  errors: jobErrors,
});

export const failJob = defineEndpoint({
  id: "failJob",
  method: "POST",
  path: "/api/queues/{queue}/jobs/{id}/fail",
  role: "operator",
  summary: "Fails an active job whose lock is gone",
  params: jobParams,
  body: z.strictObject({ message: z.string().min(1).max(2_000), reason }),
  reply: jobReply,
  errors: jobErrors,
});

export const addJobLog = defineEndpoint({
  id: "addJobLog",
  method: "POST",
  path: "/api/queues/{queue}/jobs/{id}/logs",
  role: "operator",
  summary: "Adds a line to a job's log",
  params: jobParams,
  body: z.strictObject({ line: z.string().min(1).max(16_384), reason }),
  reply: z.object({ total: z.number().int() }),
  errors: jobErrors,
});

export const clearJobLogs = defineEndpoint({
  id: "clearJobLogs",
  method: "DELETE",
  path: "/api/queues/{queue}/jobs/{id}/logs",
  role: "operator",
  summary: "Empties a job's log, or keeps its last lines",
  params: jobParams,
  body: destructiveBody.extend({ keep: z.number().int().min(0).max(1_000_000).default(0) }),
  reply: z.object({ total: z.number().int() }),
  errors: [...jobErrors, "CONFIRMATION_REQUIRED"],
});
