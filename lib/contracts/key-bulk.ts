// Changing many user-cache keys at once: a dry run that freezes a list, then the run. Times are ms, sizes bytes.

import * as z from "zod";
import { keyId } from "./bytes.ts";
import { defineEndpoint } from "./endpoint.ts";
import { confirm, keyFilter, keyRow, reason } from "./keys.ts";

export const bulkAction = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("delete"), forGood: z.boolean().default(false) }),
  z.strictObject({ action: z.literal("ttl"), ttl: z.union([z.literal("none"), z.strictObject({ ms: z.unknown() })]) }),
]);

export const BULK_MAX_KEYS = 100_000;

export const bulkState = z.object({
  id: z.string(),
  action: z.enum(["delete", "ttl"]),
  by: z.string(),
  /** planning → ready → running → done; stopped and failed end it early. */
  state: z.enum(["planning", "ready", "running", "done", "stopped", "failed"]),
  /** The dry run: the frozen list. */
  plan: z.object({
    examined: z.number().int(),
    total: z.number().int(),
    /** False when the list was cut at BULK_MAX_KEYS. */
    complete: z.boolean(),
    count: z.number().int(),
    bytes: z.number().int(),
    sample: z.array(keyRow),
    /** Keys that matched but may not be changed: reason → count. */
    refused: z.record(z.string(), z.number().int()),
    undo: z.object({ possible: z.boolean(), because: z.string().nullable() }),
  }),
  progress: z.object({ done: z.number().int(), changed: z.number().int(), skipped: z.number().int() }),
  /** First skipped keys with their reasons. */
  skipped: z.array(z.object({ k: keyId, name: z.string(), because: z.string() })),
  /** The text to type before it runs; null when a plain confirmation is enough. */
  confirm: z.string().nullable(),
  undoId: z.string().nullable(),
  message: z.string().nullable(),
});
export type BulkState = z.infer<typeof bulkState>;

const bulkParams = z.object({ id: z.string().regex(/^[0-9a-z-]{1,64}$/) });

export const planBulk = defineEndpoint({
  id: "planBulk",
  method: "POST",
  path: "/api/keys/bulk",
  role: "operator",
  summary: "Starts a dry run: freezes the list of keys a bulk act would change",
  body: z.strictObject({
    act: bulkAction,
    /** The keys selected, or a filter in its query-string form. */
    select: z.union([
      z.strictObject({ keys: z.array(keyId).min(1).max(10_000) }),
      z.strictObject({ filter: keyFilter.partial() }),
    ]),
  }),
  reply: bulkState,
  errors: ["TTL_INVALID", "RATE_LIMITED"],
  maxBodyBytes: 4 * 1024 * 1024,
});

export const getBulk = defineEndpoint({
  id: "getBulk",
  method: "GET",
  path: "/api/keys/bulk/{id}",
  role: "operator",
  summary: "Where a bulk act stands",
  params: bulkParams,
  reply: bulkState,
  errors: ["NOT_FOUND"],
});

export const runBulk = defineEndpoint({
  id: "runBulk",
  method: "POST",
  path: "/api/keys/bulk/{id}/run",
  role: "operator",
  summary: "Runs a planned bulk act over exactly its frozen list",
  params: bulkParams,
  body: z.strictObject({ confirm, reason }),
  reply: bulkState,
  errors: ["NOT_FOUND", "CONFLICT", "CONFIRMATION_REQUIRED", "RATE_LIMITED", "AUDIT_UNAVAILABLE"],
});

export const stopBulk = defineEndpoint({
  id: "stopBulk",
  method: "DELETE",
  path: "/api/keys/bulk/{id}",
  role: "operator",
  summary: "Stops a dry run or a running bulk act; what is done stays done (and can be undone)",
  params: bulkParams,
  reply: bulkState,
  errors: ["NOT_FOUND"],
});
