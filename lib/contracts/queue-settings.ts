// What holds for a whole queue: concurrency, rate limit, deduplication keys, the length of its event stream.

import * as z from "zod";
import { defineEndpoint } from "./endpoint.ts";
import { reason } from "./keys.ts";
import { actBody, destructiveBody, jobId, queueErrors, queueName, queueParams, queueRow, rateLimit } from "./queues.ts";

export const setQueueConcurrency = defineEndpoint({
  id: "setQueueConcurrency",
  method: "PUT",
  path: "/api/queues/{queue}/concurrency",
  role: "operator",
  summary: "How many jobs all workers together may run at once; null: no such limit",
  params: queueParams,
  body: z.strictObject({ concurrency: z.number().int().min(1).max(1_000_000_000).nullable(), reason }),
  reply: queueRow,
  errors: queueErrors,
});

export const getQueueRateLimit = defineEndpoint({
  id: "getQueueRateLimit",
  method: "GET",
  path: "/api/queues/{queue}/rate-limit",
  role: "viewer",
  summary: "The global rate limit, and how long it holds jobs back now",
  params: queueParams,
  reply: z.object({ limit: rateLimit.nullable(), ttlMs: z.number().int() }),
  errors: ["QUEUE_NOT_FOUND"],
});

export const setQueueRateLimit = defineEndpoint({
  id: "setQueueRateLimit",
  method: "PUT",
  path: "/api/queues/{queue}/rate-limit",
  role: "operator",
  summary: "At most so many jobs per so many ms over all workers; null: no such limit",
  params: queueParams,
  body: z.strictObject({
    limit: z
      .strictObject({
        max: z.number().int().min(1).max(1_000_000_000),
        durationMs: z
          .number()
          .int()
          .min(1)
          .max(365 * 24 * 3_600_000),
      })
      .nullable(),
    reason,
  }),
  reply: queueRow,
  errors: queueErrors,
});

export const resetQueueRateLimit = defineEndpoint({
  id: "resetQueueRateLimit",
  method: "POST",
  path: "/api/queues/{queue}/rate-limit/reset",
  role: "operator",
  summary:
    "Forgets what has been counted; workers that sleep until the limit is over look again within their maximumRateLimitDelay (30 s)",
  params: queueParams,
  body: actBody,
  reply: queueRow,
  errors: queueErrors,
});

// ---- deduplication ---------------------------------------------------------------------------------------------------

export const deduplicationKey = z.object({
  id: z.string(),
  /** The job that stands for all that are dropped. */
  jobId: jobId.nullable(),
  /** -1: until that job is finished. */
  ttlMs: z.number().int(),
});
export type DeduplicationKey = z.infer<typeof deduplicationKey>;

export const listDeduplication = defineEndpoint({
  id: "listDeduplication",
  method: "GET",
  path: "/api/queues/{queue}/deduplication",
  role: "viewer",
  summary: "Deduplication keys that hold now: one by its id at once, all by a walk within a budget",
  params: queueParams,
  query: z.strictObject({ id: z.string().min(1).max(1_024).optional(), cursor: z.string().max(4_096).optional() }),
  reply: z.object({
    keys: z.array(deduplicationKey),
    cursor: z.string().nullable(),
    examined: z.number().int(),
    total: z.number().int(),
    complete: z.boolean(),
  }),
  errors: ["QUEUE_NOT_FOUND"],
});

export const removeDeduplication = defineEndpoint({
  id: "removeDeduplication",
  method: "DELETE",
  path: "/api/queues/{queue}/deduplication/{id}",
  role: "operator",
  summary: "Lets the next job with this deduplication id in",
  params: z.object({ queue: queueName, id: z.string().min(1).max(1_024) }),
  body: actBody,
  reply: z.object({ removed: z.boolean() }),
  errors: [...queueErrors, "NOT_FOUND"],
});

export const trimQueueEvents = defineEndpoint({
  id: "trimQueueEvents",
  method: "POST",
  path: "/api/queues/{queue}/events/trim",
  role: "admin",
  summary: "Shortens the event stream to about so many entries; who reads it slowly will miss some",
  params: queueParams,
  body: destructiveBody.extend({ maxLength: z.number().int().min(0).max(100_000_000) }),
  reply: z.object({ removed: z.number().int(), length: z.number().int() }),
  errors: [...queueErrors, "CONFIRMATION_REQUIRED"],
});
