// Changing user-cache keys, undoing it, and repairing the accounting. Times are ms, sizes bytes.

import * as z from "zod";
import { bytes, keyId } from "./bytes.ts";
import { defineEndpoint } from "./endpoint.ts";
import { confirm, fingerprint, keyDetail, keyParams, keyRow, reason } from "./keys.ts";

// ---- writing (user cache only) ---------------------------------------------------------------------------------------

export const MAX_EDIT_BYTES = 1024 * 1024;
/** A TTL a write asks for. The text forms keep wrong numbers out of Redis with TTL_INVALID rather than INVALID_INPUT. */
export const ttlChange = z.union([z.literal("keep"), z.literal("none"), z.strictObject({ ms: z.unknown() })]);
export type TtlChange = "keep" | "none" | { ms: unknown };

const write = {
  value: bytes,
  ttl: ttlChange.default("keep"),
  /** Keys the operator agreed to evict, as shown by the QUOTA_EXCEEDED answer before. */
  evict: z.array(keyId).max(200).optional(),
  confirm,
  reason,
};

export const quota = z.object({
  totalBytes: z.number().int(),
  /** null: the cluster's limit is not known, so nothing is ever evicted from here. 0: unlimited. */
  limitBytes: z.number().int().nullable(),
  maxValueBytes: z.number().int(),
  keys: z.number().int(),
  locks: z.number().int(),
});
export type Quota = z.infer<typeof quota>;

/** What a change left behind. */
export const changeReply = z.object({
  /** null when the key is gone now. */
  key: keyDetail.nullable(),
  /** Give it to undo; null when nothing can be undone, `undoBecause` says why. */
  undoId: z.string().nullable(),
  undoBecause: z.string().nullable(),
  undoUntil: z.number().int().nullable(),
  evicted: z.array(keyId),
  quota,
});
export type ChangeReply = z.infer<typeof changeReply>;

/** `details` of CONFLICT: what is there now, for the three-way view. `value` is null above the edit cap or when gone. */
export const conflictDetails = z.object({
  fingerprint,
  value: bytes.nullable(),
  ttlMs: z.number().int().nullable(),
  type: z.string().nullable(),
});
export type ConflictDetails = z.infer<typeof conflictDetails>;

/** `details` of QUOTA_EXCEEDED when evicting would make room: repeat the write with `evict` set to these. */
export const quotaDetails = z.object({
  quota,
  neededBytes: z.number().int(),
  victims: z.array(keyRow),
  /** False when even evicting everything that may be evicted is not enough. */
  enough: z.boolean(),
});
export type QuotaDetails = z.infer<typeof quotaDetails>;

const writeErrors = [
  "KEY_NOT_FOUND",
  "CONFLICT",
  "LOCK_HELD",
  "READ_ONLY_CLASS",
  "VALUE_TOO_LARGE",
  "QUOTA_EXCEEDED",
  "TTL_INVALID",
  "CONFIRMATION_REQUIRED",
  "AUDIT_UNAVAILABLE",
] as const;

export const createKey = defineEndpoint({
  id: "createKey",
  method: "POST",
  path: "/api/keys",
  role: "operator",
  summary: "Creates a user-cache key; CONFLICT when it exists",
  /** `key` is the logical name (`user:123`), as application code writes it. */
  body: z.strictObject({ key: bytes, ...write }),
  reply: changeReply,
  errors: writeErrors,
  maxBodyBytes: 2 * MAX_EDIT_BYTES,
});

export const writeKey = defineEndpoint({
  id: "writeKey",
  method: "PUT",
  path: "/api/keys/{k}",
  role: "operator",
  summary: "Replaces a user-cache value if it is still the one the operator saw",
  params: keyParams,
  body: z.strictObject({ expected: fingerprint, ...write }),
  reply: changeReply,
  errors: writeErrors,
  maxBodyBytes: 2 * MAX_EDIT_BYTES,
});

export const setTtl = defineEndpoint({
  id: "setTtl",
  method: "PUT",
  path: "/api/keys/{k}/ttl",
  role: "operator",
  summary: "Sets or removes the TTL of a user-cache key, its value untouched",
  params: keyParams,
  body: z.strictObject({
    expected: fingerprint,
    ttl: z.union([z.literal("none"), z.strictObject({ ms: z.unknown() })]),
    confirm,
    reason,
  }),
  reply: changeReply,
  errors: writeErrors,
});

export const deleteKey = defineEndpoint({
  id: "deleteKey",
  method: "DELETE",
  path: "/api/keys/{k}",
  role: "operator",
  summary: "Deletes a user-cache key; undo for one hour unless `forGood`",
  params: keyParams,
  body: z.strictObject({ expected: fingerprint, forGood: z.boolean().default(false), confirm, reason }),
  reply: changeReply,
  errors: writeErrors,
});

// ---- undo ------------------------------------------------------------------------------------------------------------

export const undoEntry = z.object({
  id: z.string(),
  at: z.number().int(),
  until: z.number().int(),
  by: z.string(),
  action: z.enum(["write", "ttl", "delete", "bulk-delete", "bulk-ttl"]),
  /** The key, or for a bulk act the first of them. */
  name: z.string(),
  k: keyId,
  count: z.number().int(),
  bytes: z.number().int(),
});
export type UndoEntry = z.infer<typeof undoEntry>;

export const listUndo = defineEndpoint({
  id: "listUndo",
  method: "GET",
  path: "/api/keys/undo",
  role: "viewer",
  summary: "Acts that can still be undone, newest first",
  reply: z.object({ entries: z.array(undoEntry), bytes: z.number().int(), maxBytes: z.number().int() }),
});

export const undo = defineEndpoint({
  id: "undo",
  method: "POST",
  path: "/api/keys/undo/{id}",
  role: "operator",
  summary: "Puts back what an act changed, where nobody has changed it since",
  params: z.object({ id: z.string().regex(/^[0-9a-z-]{1,64}$/) }),
  body: z.strictObject({ reason }),
  reply: z.object({
    restored: z.array(keyId),
    /** Keys left alone, with the sentence why (changed since, expired meanwhile, over quota). */
    skipped: z.array(z.object({ k: keyId, name: z.string(), because: z.string() })),
  }),
  errors: ["NOT_FOUND", "CONFLICT", "LOCK_HELD", "QUOTA_EXCEEDED", "AUDIT_UNAVAILABLE"],
});

// ---- the cache as a whole --------------------------------------------------------------------------------------------

export const reconcileReply = z.object({
  examined: z.number().int(),
  /** total_bytes minus the real bytes before the repair. */
  driftBytes: z.number().int(),
  /** Accounting entries without a key that were removed. */
  orphans: z.number().int(),
  /** Keys without (or with wrong) accounting that were taken in. */
  adopted: z.number().int(),
  durationMs: z.number().int(),
});
export type Reconciliation = z.infer<typeof reconcileReply>;

export const reconcile = defineEndpoint({
  id: "reconcile",
  method: "POST",
  path: "/api/keys/reconcile",
  role: "operator",
  summary: "Recomputes the user cache's accounting in small steps and repairs drift",
  body: z.strictObject({ reason }),
  reply: reconcileReply,
  errors: ["RECONCILE_RUNNING", "AUDIT_UNAVAILABLE"],
});
