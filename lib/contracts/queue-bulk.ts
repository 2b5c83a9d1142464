// Acts on many jobs of one queue: a dry run that freezes what is meant, then the run in short steps, with progress and a
// stop.

import * as z from "zod";
import { defineEndpoint } from "./endpoint.ts";
import { confirm, reason } from "./keys.ts";
import { jobFilter, jobRow } from "./queue-jobs.ts";
import { jobId, jobState, queueErrors, queueName, queueParams } from "./queues.ts";

/** Which jobs: those selected, those a filter finds in a state, or those that failed alike. */
export const jobSelection = z.union([
  z.strictObject({ ids: z.array(jobId).min(1).max(10_000) }),
  z.strictObject({ state: jobState, filter: jobFilter.partial().optional() }),
  z.strictObject({ fingerprint: z.string().min(1).max(100) }),
]);
export type JobSelection = z.infer<typeof jobSelection>;

/** What an operator may do to many jobs. */
export const jobsAct = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("retry"), resetAttempts: z.boolean().default(false) }),
  z.strictObject({ kind: z.literal("promote") }),
]);

/** What only an admin may. */
export const removalAct = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("remove"), withChildren: z.boolean().default(false) }),
  /** Jobs of a state that are older than so many ms (finished, or else added); 0 limit: all of them. */
  z.strictObject({
    kind: z.literal("clean"),
    state: jobState.exclude(["waiting-children"]),
    olderThanMs: z.number().int().min(0).default(0),
    limit: z.number().int().min(0).default(0),
  }),
  /** All that waits; with `delayed` also what is delayed, except the next run of a scheduler. */
  z.strictObject({ kind: z.literal("drain"), delayed: z.boolean().default(false) }),
  /** The queue with everything in it; `force` also while jobs are active. */
  z.strictObject({ kind: z.literal("obliterate"), force: z.boolean().default(false) }),
]);
export type QueueAct = z.infer<typeof jobsAct> | z.infer<typeof removalAct>;

export const queueBulkState = z.object({
  id: z.string(),
  queue: queueName,
  act: z.enum(["retry", "promote", "remove", "clean", "drain", "obliterate"]),
  by: z.string(),
  /** planning → ready → running → done; stopped and failed end it early. */
  state: z.enum(["planning", "ready", "running", "done", "stopped", "failed"]),
  plan: z.object({
    /** Jobs looked at, of those that could be meant. */
    examined: z.number().int(),
    total: z.number().int(),
    /** False when the list was cut at its cap. */
    complete: z.boolean(),
    /** Jobs meant. */
    count: z.number().int(),
    sample: z.array(jobRow),
    /** Jobs that are not touched: reason → count. */
    refused: z.record(z.string(), z.number().int()),
  }),
  progress: z.object({ done: z.number().int(), changed: z.number().int(), skipped: z.number().int() }),
  /** First skipped jobs with their reasons. */
  skipped: z.array(z.object({ id: jobId, because: z.string() })),
  /** The text to type before it runs; null when a plain confirmation is enough. */
  confirm: z.string().nullable(),
  message: z.string().nullable(),
});
export type QueueBulkState = z.infer<typeof queueBulkState>;

export const planJobsAct = defineEndpoint({
  id: "planJobsAct",
  method: "POST",
  path: "/api/queues/{queue}/bulk",
  role: "operator",
  summary: "Starts a dry run of a retry or a promotion of many jobs",
  params: queueParams,
  body: z.strictObject({ act: jobsAct, select: jobSelection }),
  reply: queueBulkState,
  errors: [...queueErrors, "RATE_LIMITED", "CONFLICT"],
  maxBodyBytes: 4 * 1024 * 1024,
});

export const planRemoval = defineEndpoint({
  id: "planRemoval",
  method: "POST",
  path: "/api/queues/{queue}/removals",
  role: "admin",
  summary: "Starts a dry run of a removal: of jobs (select), or a clean, a drain, an obliteration",
  params: queueParams,
  body: z.strictObject({ act: removalAct, select: jobSelection.optional() }),
  reply: queueBulkState,
  errors: [...queueErrors, "RATE_LIMITED", "CONFLICT"],
  maxBodyBytes: 4 * 1024 * 1024,
});

const bulkParams = z.object({ id: z.string().regex(/^[0-9a-z-]{1,64}$/) });

export const getQueueBulk = defineEndpoint({
  id: "getQueueBulk",
  method: "GET",
  path: "/api/queue-bulk/{id}",
  role: "operator",
  summary: "Where a bulk act stands",
  params: bulkParams,
  reply: queueBulkState,
  errors: ["NOT_FOUND"],
});

export const runQueueBulk = defineEndpoint({
  id: "runQueueBulk",
  method: "POST",
  path: "/api/queue-bulk/{id}/run",
  role: "operator",
  summary: "Runs a planned bulk act over exactly what its dry run froze; a removal needs an admin",
  params: bulkParams,
  body: z.strictObject({ confirm, reason }),
  reply: queueBulkState,
  errors: ["NOT_FOUND", "CONFLICT", "CONFIRMATION_REQUIRED", "RATE_LIMITED", "READ_ONLY_QUEUE", "AUDIT_UNAVAILABLE"],
});

export const stopQueueBulk = defineEndpoint({
  id: "stopQueueBulk",
  method: "DELETE",
  path: "/api/queue-bulk/{id}",
  role: "operator",
  summary: "Stops a dry run or a running bulk act; what is done stays done",
  params: bulkParams,
  reply: queueBulkState,
  errors: ["NOT_FOUND"],
});
