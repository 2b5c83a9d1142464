// The options of a job, checked before BullMQ sees them: it takes what it is given and fails later, in a worker.

import type { JobsOptions } from "bullmq";
import * as z from "zod";
import { invalid, parseJsonObject } from "../json.ts";

const MAX_MS = 100 * 365 * 24 * 3_600_000;
/** BullMQ's own bound and words. */
const PRIORITY_LIMIT = 2 ** 21 - 1;

export const priority = z
  .number()
  .int("Priority should not be float")
  .min(0, `Priority should be between 0 and ${PRIORITY_LIMIT}`)
  .max(PRIORITY_LIMIT, `Priority should be between 0 and ${PRIORITY_LIMIT}`);
export const delay = z
  .number()
  .int("A delay is whole ms")
  .min(0, "A delay cannot be negative")
  .max(MAX_MS, "A delay of more than 100 years");

const count = z.number().int().min(0).max(1_000_000_000);
const keep = z.union([
  z.boolean(),
  z.number().int().min(-1),
  z.strictObject({ age: count.optional(), count: count.optional(), limit: count.optional() }),
]);
const backoff = z.union([
  z.number().int().min(0).max(MAX_MS),
  z.strictObject({
    type: z.string().min(1).max(100),
    delay: z.number().int().min(0).max(MAX_MS).optional(),
    jitter: z.number().min(0, "Jitter should be between 0 and 1").max(1, "Jitter should be between 0 and 1").optional(),
  }),
]);
const deduplication = z.strictObject({
  id: z.string().min(1, "Deduplication id must be provided").max(1_024),
  ttl: z.number().int().min(1).max(MAX_MS).optional(),
  extend: z.boolean().optional(),
  replace: z.boolean().optional(),
  keepLastIfActive: z.boolean().optional(),
});

const template = {
  priority: priority.optional(),
  attempts: z.number().int().min(0).max(1_000_000).optional(),
  backoff: backoff.optional(),
  lifo: z.boolean().optional(),
  removeOnComplete: keep.optional(),
  removeOnFail: keep.optional(),
  keepLogs: count.optional(),
  stackTraceLimit: count.optional(),
  sizeLimit: count.optional(),
  failParentOnFailure: z.boolean().optional(),
  continueParentOnFailure: z.boolean().optional(),
  ignoreDependencyOnFailure: z.boolean().optional(),
  removeDependencyOnFailure: z.boolean().optional(),
  telemetry: z.strictObject({ metadata: z.string().optional(), omitContext: z.boolean().optional() }).optional(),
};
/** What a scheduler's jobs may have: when they run, and under which id, is the scheduler's. */
const templateOptions = z.strictObject(template);
const jobOptions = z.strictObject({
  ...template,
  delay: delay.optional(),
  deduplication: deduplication.optional(),
  jobId: z.string().min(1).max(1_024).optional(),
  timestamp: z.number().int().min(0).optional(),
  parent: z.strictObject({ id: z.string().min(1), queue: z.string().min(1) }).optional(),
});

/** @throws {ApiError} INVALID_INPUT */
export function parseJobOptions(text: string, prefix: string): JobsOptions {
  const options = checked(jobOptions, text);
  const { parent } = options;
  const isOurs = parent?.queue.startsWith(`${prefix}:`) && /^[^:]+$/.test(parent.queue.slice(prefix.length + 1));
  if (parent && !isOurs) throw invalid(`options.parent.queue must be a queue under this prefix, ${prefix}:<queue>`);
  return options as JobsOptions;
}

/** @throws {ApiError} INVALID_INPUT */
export function parseTemplateOptions(text: string): JobsOptions {
  return checked(templateOptions, text) as JobsOptions;
}

function checked<T>(schema: z.ZodType<T>, text: string): T {
  const parsed = schema.safeParse(parseJsonObject(text, "options"));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 5);
  throw invalid(issues.map(({ path, message }) => `${["options", ...path].join(".")}: ${message}`).join(" · "));
}

/** Reads one number of an act through its rule. @throws {ApiError} INVALID_INPUT */
export function checkedNumber(schema: z.ZodType<number>, value: number, what: string): number {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(`${what}: ${parsed.error.issues[0]?.message ?? "not a number that can be used"}`);
}
