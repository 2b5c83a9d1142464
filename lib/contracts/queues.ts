// The HTTP contract of the noun "queues": the list, one queue, pausing. Times are ms since the epoch, durations ms.

import * as z from "zod";
import { defineEndpoint } from "./endpoint.ts";
import { confirm, reason } from "./keys.ts";

/** BullMQ refuses a colon in a queue's name. */
export const queueName = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[^:]+$/, "a queue's name has no colon");
/** Job ids are text; those of schedulers hold colons. */
export const jobId = z.string().min(1).max(1_024);
export const queueParams = z.object({ queue: queueName });

/** Where a job can be: what moves first, what is over last. `paused` is the list in which BullMQ 5 keeps the jobs of a paused queue; BullMQ 6 has none. */
export const JOB_STATES = [
  "active",
  "waiting",
  "prioritized",
  "delayed",
  "waiting-children",
  "paused",
  "completed",
  "failed",
] as const;
export const jobState = z.enum(JOB_STATES);
export type JobState = z.infer<typeof jobState>;

export const jobCounts = z.record(jobState, z.number().int());
export type JobCounts = z.infer<typeof jobCounts>;

export const rateLimit = z.object({ max: z.number().int(), durationMs: z.number().int() });

/** One line of the list. */
export const queueRow = z.object({
  name: queueName,
  counts: jobCounts,
  isPaused: z.boolean(),
  /** null: this Redis user may not see who is connected. */
  workers: z.number().int().nullable(),
  /** When the oldest waiting job was added (or, if it was promoted or retried, first added); null when none waits. */
  oldestWaitingAt: z.number().int().nullable(),
  globalConcurrency: z.number().int().nullable(),
  rateLimit: rateLimit.nullable(),
  /** No change can be made here: READ_ONLY_QUEUES. */
  readOnly: z.boolean(),
  /** `bullmq:6.7.0`, or `bullmq-pro:…`; null when nobody has said. */
  version: z.string().nullable(),
  /** When these figures were read. */
  asOf: z.number().int(),
});
export type QueueRow = z.infer<typeof queueRow>;

/** Workers that wait for a queue of this name under another prefix: they will never see its jobs. */
export const prefixMismatch = z.object({ queue: queueName, prefix: z.string(), workers: z.number().int() });
export type PrefixMismatch = z.infer<typeof prefixMismatch>;

export const queueList = z.object({
  prefix: z.string(),
  queues: z.array(queueRow),
  /** The walk that finds queues. */
  discovery: z.object({
    running: z.boolean(),
    /** All names were walked at least once; before that queues may be missing. */
    complete: z.boolean(),
    examined: z.number().int(),
    total: z.number().int(),
    asOf: z.number().int().nullable(),
  }),
  mismatches: z.array(prefixMismatch),
  /** Why the workers are not known; null when they are. */
  workersBecause: z.string().nullable(),
});
export type QueueList = z.infer<typeof queueList>;

export const listQueues = defineEndpoint({
  id: "listQueues",
  method: "GET",
  path: "/api/queues",
  role: "viewer",
  summary: "Every queue under the namespace's prefix with its counts, workers and limits",
  query: z.strictObject({ refresh: z.stringbool().optional() }),
  reply: queueList,
});

export const queueWorker = z.object({
  /** Given by the application; null for a worker without one. */
  name: z.string().nullable(),
  address: z.string(),
  ageMs: z.number().int(),
  idleMs: z.number().int(),
});
export type QueueWorker = z.infer<typeof queueWorker>;

export const queueDetail = queueRow.extend({
  /** Jobs in `prioritized` by priority, most urgent first; the first priorities that have jobs. */
  priorities: z.array(z.object({ priority: z.number().int(), count: z.number().int() })),
  workerList: z.array(queueWorker),
  mismatches: z.array(prefixMismatch),
  /** ms until the rate limit lets the next job start; 0 when it does. */
  rateLimitTtlMs: z.number().int(),
  /** Whether as many jobs are active as the global concurrency allows. */
  isMaxed: z.boolean(),
  schedulers: z.number().int(),
  events: z.object({ length: z.number().int(), maxLength: z.number().int().nullable() }),
  /** What the queue's meta hash says, BullMQ's own fields included. */
  meta: z.record(z.string(), z.string()),
  /** The text to type before a destructive act; null when a plain confirmation is enough. */
  confirm: z.string().nullable(),
});
export type QueueDetail = z.infer<typeof queueDetail>;

export const getQueue = defineEndpoint({
  id: "getQueue",
  method: "GET",
  path: "/api/queues/{queue}",
  role: "viewer",
  summary: "One queue: counts, priorities, workers, limits",
  params: queueParams,
  reply: queueDetail,
  errors: ["QUEUE_NOT_FOUND"],
});

/** What every act on a queue can answer beside its own. */
export const queueErrors = ["QUEUE_NOT_FOUND", "READ_ONLY_QUEUE", "AUDIT_UNAVAILABLE"] as const;
export const actBody = z.strictObject({ reason });
/** Of what cannot be taken back: in production the name typed first (CONFIRMATION_REQUIRED says which). */
export const destructiveBody = z.strictObject({ confirm, reason });

export const pauseQueue = defineEndpoint({
  id: "pauseQueue",
  method: "POST",
  path: "/api/queues/{queue}/pause",
  role: "operator",
  summary: "Stops workers from starting further jobs; those at work go on",
  params: queueParams,
  body: actBody,
  reply: queueRow,
  errors: queueErrors,
});

export const resumeQueue = defineEndpoint({
  id: "resumeQueue",
  method: "POST",
  path: "/api/queues/{queue}/resume",
  role: "operator",
  summary: "Lets workers start jobs again, also of a queue that BullMQ 5 paused",
  params: queueParams,
  body: actBody,
  reply: queueRow,
  errors: queueErrors,
});

/** Its address is not below /api/queues, where every word may be the name of a queue. */
export const pauseQueues = defineEndpoint({
  id: "pauseQueues",
  method: "POST",
  path: "/api/queue-pause",
  role: "operator",
  summary: "Pauses or resumes many queues, or all; what cannot be done in one does not keep the others",
  body: z.strictObject({
    paused: z.boolean(),
    queues: z.union([z.literal("all"), z.array(queueName).min(1).max(1_000)]),
    reason,
  }),
  reply: z.object({
    results: z.array(z.object({ queue: queueName, done: z.boolean(), because: z.string().nullable() })),
  }),
  errors: ["AUDIT_UNAVAILABLE"],
});

// ---- what happens, live ----------------------------------------------------------------------------------------------

/** One entry of a queue's event stream. */
export const queueEvent = z.object({
  id: z.string(),
  at: z.number().int(),
  event: z.string(),
  jobId: z.string().nullable(),
  /** The rest of it, masked and cut. */
  fields: z.record(z.string(), z.string()),
});
export type QueueEvent = z.infer<typeof queueEvent>;

export const listQueueEvents = defineEndpoint({
  id: "listQueueEvents",
  method: "GET",
  path: "/api/queues/{queue}/events",
  role: "viewer",
  summary:
    "The latest events, newest first. Asking also keeps this queue's events coming on /api/live (kind queue-events) for a minute: ask again while its page is open",
  params: queueParams,
  query: z.strictObject({
    before: z
      .string()
      .regex(/^\d{1,19}-\d{1,19}$/)
      .optional(),
    limit: z.coerce.number().int().min(0).max(500).default(50),
  }),
  reply: z.object({ events: z.array(queueEvent), cursor: z.string().nullable(), total: z.number().int() }),
  errors: ["QUEUE_NOT_FOUND"],
});
