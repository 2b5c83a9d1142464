// Jobs: pages of them, and one of them. Times are ms since the epoch, sizes bytes.

import * as z from "zod";
import { defineEndpoint } from "./endpoint.ts";
import { reason } from "./keys.ts";
import { jobId, jobState, queueName, queueParams } from "./queues.ts";

export const jobParams = z.object({ queue: queueName, id: jobId });

// ---- pages of jobs ---------------------------------------------------------------------------------------------------

/** One line of the job table. It never carries the payload. */
export const jobRow = z.object({
  id: jobId,
  /** null: the id is in the list, but its job is gone. */
  name: z.string().nullable(),
  state: jobState,
  attemptsMade: z.number().int(),
  attempts: z.number().int(),
  /** A number, or what the application put there as JSON text (cut). */
  progress: z.union([z.number(), z.string()]).nullable(),
  priority: z.number().int(),
  addedAt: z.number().int().nullable(),
  /** When a delayed job is due. */
  dueAt: z.number().int().nullable(),
  processedAt: z.number().int().nullable(),
  finishedAt: z.number().int().nullable(),
  /** The worker that took it. */
  worker: z.string().nullable(),
  /** First line, masked. */
  failedReason: z.string().nullable(),
  stalls: z.number().int(),
  schedulerId: z.string().nullable(),
  deduplicationId: z.string().nullable(),
  hasParent: z.boolean(),
  dataBytes: z.number().int(),
});
export type JobRow = z.infer<typeof jobRow>;

export const listJobs = defineEndpoint({
  id: "listJobs",
  method: "GET",
  path: "/api/queues/{queue}/jobs",
  role: "viewer",
  summary: "One page of a state's jobs",
  params: queueParams,
  query: z.strictObject({
    state: jobState,
    /** first: what comes first in the state (next to run, first due, oldest finished) · last: the other way round. */
    order: z.enum(["first", "last"]).default("last"),
    offset: z.coerce.number().int().min(0).max(1_000_000_000).default(0),
    limit: z.coerce.number().int().min(1).max(1_000).default(50),
  }),
  reply: z.object({ jobs: z.array(jobRow), total: z.number().int(), offset: z.number().int(), asOf: z.number().int() }),
  errors: ["QUEUE_NOT_FOUND"],
});

/** What a search looks for. An empty one matches every job. */
export const jobFilter = z.strictObject({
  /** Text that must occur (case does not matter); with `in: "id"` the whole id. */
  text: z.string().max(1_000).default(""),
  in: z.enum(["any", "id", "name", "data", "failure"]).default("any"),
  /** A field of the data, `user.email` or `items.0.sku`: the text is looked for in it alone. */
  path: z.string().max(300).optional(),
});
export type JobFilter = z.infer<typeof jobFilter>;

export const searchJobs = defineEndpoint({
  id: "searchJobs",
  method: "GET",
  path: "/api/queues/{queue}/search",
  role: "viewer",
  summary: "Looks through a state's jobs within a budget; go on with the cursor, give up by closing the request",
  params: queueParams,
  query: jobFilter.extend({
    /** Not needed to find an id. */
    state: jobState.optional(),
    order: z.enum(["first", "last"]).default("last"),
    cursor: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({
    jobs: z.array(jobRow),
    /** Jobs looked at so far, over all pages of this search. */
    examined: z.number().int(),
    /** Of those of this page: jobs of more than 4 MB of data, which was not looked through. */
    unread: z.number().int(),
    total: z.number().int(),
    cursor: z.string().nullable(),
    complete: z.boolean(),
  }),
  errors: ["QUEUE_NOT_FOUND"],
});

/** Failed jobs that failed alike. */
export const failureGroup = z.object({
  fingerprint: z.string(),
  /** The failure with what differs from job to job left out: `TypeError: … of #`. */
  title: z.string(),
  /** Where it was thrown, when the stack says. */
  place: z.string().nullable(),
  count: z.number().int(),
  /** Names of the jobs, most frequent first. */
  names: z.array(z.object({ name: z.string(), count: z.number().int() })),
  firstAt: z.number().int().nullable(),
  lastAt: z.number().int().nullable(),
  /** Latest jobs of the group. */
  sample: z.array(jobId),
});
export type FailureGroup = z.infer<typeof failureGroup>;

export const failureGroups = z.object({
  groups: z.array(failureGroup),
  running: z.boolean(),
  /** False while only a part has been looked at. */
  complete: z.boolean(),
  examined: z.number().int(),
  total: z.number().int(),
  asOf: z.number().int().nullable(),
});
export type FailureGroups = z.infer<typeof failureGroups>;

export const listFailures = defineEndpoint({
  id: "listFailures",
  method: "GET",
  path: "/api/queues/{queue}/failures",
  role: "viewer",
  summary: "Failed jobs grouped by what they failed of, most frequent first; counted by one walk for all who ask",
  params: queueParams,
  query: z.strictObject({ refresh: z.stringbool().optional() }),
  reply: failureGroups,
  errors: ["QUEUE_NOT_FOUND"],
});

// ---- one job ---------------------------------------------------------------------------------------------------------

/** Text of a job, masked, and cut at a cap; the whole is in the download. */
export const jobText = z.object({
  text: z.string(),
  bytes: z.number().int(),
  truncated: z.boolean(),
  masked: z.boolean(),
});
export type JobText = z.infer<typeof jobText>;

/** One step of a job's life. */
export const jobStep = z.object({
  kind: z.enum(["added", "delayed", "due", "started", "failed-attempt", "stalled", "completed", "failed"]),
  at: z.number().int().nullable(),
  /** ms since the step before, when both times are known. */
  gapMs: z.number().int().nullable(),
  attempt: z.number().int().nullable(),
  worker: z.string().nullable(),
  /** The failure of the attempt; of earlier attempts BullMQ keeps the stack, not the time. */
  text: z.string().nullable(),
});
export type JobStep = z.infer<typeof jobStep>;

/** A job of another queue, perhaps of another namespace; then only the fact is told. */
export const jobLink = z.object({ queue: queueName.nullable(), id: jobId.nullable(), isForeign: z.boolean() });
export type JobLink = z.infer<typeof jobLink>;

export const dependencyCounts = z.object({
  processed: z.number().int(),
  unprocessed: z.number().int(),
  failed: z.number().int(),
  ignored: z.number().int(),
});
export type DependencyCounts = z.infer<typeof dependencyCounts>;

export const jobDetail = jobRow.extend({
  queue: queueName,
  state: jobState.or(z.literal("unknown")),
  data: jobText,
  /** As JSON text, with the names BullMQ's API uses. */
  options: jobText,
  progressText: jobText,
  returnValue: jobText.nullable(),
  failure: jobText.nullable(),
  /** Stack per failed attempt, oldest first; the first ones may have been dropped (`stackTraceLimit`). */
  stacks: z.array(jobText),
  timeline: z.array(jobStep),
  attemptsStarted: z.number().int(),
  delayMs: z.number().int(),
  /** Who holds the job while it is active. null: nobody. */
  lock: z.object({ token: z.string(), worker: z.string().nullable(), remainingMs: z.number().int() }).nullable(),
  logs: z.number().int(),
  parent: jobLink.nullable(),
  children: dependencyCounts,
  /** Give it back when changing the data: the change is refused when somebody else's came in between. */
  dataFingerprint: z.string(),
  /** What can be done in this state, by this role, in this queue. */
  can: z.object({
    /** Anything at all: nothing by a viewer, and nothing in a read-only queue. */
    act: z.boolean(),
    retry: z.boolean(),
    promote: z.boolean(),
    remove: z.boolean(),
    updateData: z.boolean(),
    changePriority: z.boolean(),
    changeDelay: z.boolean(),
    /** Only of an active job whose lock is gone: its worker is. */
    moveToDelayed: z.boolean(),
    fail: z.boolean(),
    /** Why some of it cannot be done; null when nothing stands in the way but the state. */
    because: z.string().nullable(),
  }),
  /** The text to type before a destructive act; null when a plain confirmation is enough. */
  confirm: z.string().nullable(),
  asOf: z.number().int(),
});
export type JobDetail = z.infer<typeof jobDetail>;

export const getJob = defineEndpoint({
  id: "getJob",
  method: "GET",
  path: "/api/queues/{queue}/jobs/{id}",
  role: "viewer",
  summary: "Everything about one job; sensitive fields are masked, large ones cut",
  params: jobParams,
  reply: jobDetail,
  errors: ["QUEUE_NOT_FOUND", "JOB_NOT_FOUND"],
});

export const JOB_TEXTS = ["data", "options", "progress", "returnvalue", "failure", "stacks"] as const;

export const revealJob = defineEndpoint({
  id: "revealJob",
  method: "POST",
  path: "/api/queues/{queue}/jobs/{id}/reveal",
  role: "admin",
  summary: "One of a job's texts unmasked; the act is audited",
  params: jobParams,
  body: z.strictObject({ field: z.enum(JOB_TEXTS), reason }),
  reply: jobText,
  errors: ["QUEUE_NOT_FOUND", "JOB_NOT_FOUND", "AUDIT_UNAVAILABLE"],
});

export const downloadJob = defineEndpoint({
  id: "downloadJob",
  method: "GET",
  path: "/api/queues/{queue}/jobs/{id}/download",
  role: "viewer",
  summary: "One of a job's texts as a file, whole; secrets are masked unless an admin asks with reveal=1",
  params: jobParams,
  query: z.strictObject({ field: z.enum(JOB_TEXTS), reveal: z.stringbool().default(false) }),
  reply: z.unknown(),
  contentType: "application/octet-stream",
  errors: ["QUEUE_NOT_FOUND", "JOB_NOT_FOUND", "FORBIDDEN"],
});

export const jobLogs = z.object({
  lines: z.array(z.object({ index: z.number().int(), line: jobText })),
  total: z.number().int(),
  offset: z.number().int(),
});
export type JobLogs = z.infer<typeof jobLogs>;

export const listJobLogs = defineEndpoint({
  id: "listJobLogs",
  method: "GET",
  path: "/api/queues/{queue}/jobs/{id}/logs",
  role: "viewer",
  summary: "One page of a job's log",
  params: jobParams,
  query: z.strictObject({
    order: z.enum(["first", "last"]).default("first"),
    offset: z.coerce.number().int().min(0).default(0),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  reply: jobLogs,
  errors: ["QUEUE_NOT_FOUND", "JOB_NOT_FOUND"],
});
