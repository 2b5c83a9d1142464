// The HTTP contract of the noun "keys". Times are ms, sizes bytes. A TTL of -1 means "no expiry", as in Redis.

import * as z from "zod";
import { bytes, keyId, part } from "./bytes.ts";
import { defineEndpoint } from "./endpoint.ts";
import { KEY_CLASS_IDS } from "./key-classes.ts";

export const keyClass = z.enum(KEY_CLASS_IDS);
export const redisType = z.enum(["string", "hash", "list", "set", "zset", "stream"]);
export type RedisType = z.infer<typeof redisType>;

const keyParams = z.object({ k: keyId });
/** A reason an operator gives for an act; it goes into the audit. */
const reason = z.string().trim().max(500).optional();
/** The name typed to confirm a destructive act, where one is asked for (CONFIRMATION_REQUIRED says which). */
const confirm = z.string().max(20_000).optional();
/** A list in a query string: `a,b`. */
const csv = <T extends z.ZodType<string, string>>(item: T) =>
  z
    .string()
    .transform((text) => text.split(",").filter(Boolean))
    .pipe(z.array(item));

// ---- listing ---------------------------------------------------------------------------------------------------------

/** What the operator looks for. The same object filters a list, a bulk act and a link. Strict, as all input is: a filter
 * with a slip in its name would mean every key. */
export const keyFilter = z.strictObject({
  /** Text of the search box; empty lists all. Matched against the name after the namespace, and for user-cache keys
   * also after `user_cache:`; a full name of this namespace works too. A glob may have 512 characters. */
  search: z.string().max(16_384).default(""),
  /** prefix: names that begin with it · glob: Redis pattern (`*` `?` `[ab]`) · exact: that one name, never a scan. */
  mode: z.enum(["prefix", "glob", "exact"]).default("prefix"),
  classes: csv(keyClass).optional(),
  types: csv(redisType).optional(),
  /** Keys without expiry, with one, or which expire within this many ms. */
  ttl: z.union([z.enum(["none", "any"]), z.coerce.number().int().min(1)]).optional(),
  minBytes: z.coerce.number().int().min(0).optional(),
  maxBytes: z.coerce.number().int().min(0).optional(),
});
export type KeyFilter = z.infer<typeof keyFilter>;

/** Figures of one key. A null is unknown: the key is gone, or Redis refused (then `blanks` has the reason). */
export const keyRow = z.object({
  k: keyId,
  /** Full name for display: bytes that are no UTF-8, and control characters, as \xNN. */
  name: z.string(),
  /** The name as its owner knows it: without the namespace, and without `user_cache:`. */
  logicalName: z.string(),
  class: keyClass,
  /** A user-cache key that is a lock somebody holds. */
  heldLock: z.boolean(),
  type: z.string().nullable(),
  ttlMs: z.number().int().nullable(),
  memoryBytes: z.number().int().nullable(),
  /** Bytes of a string, elements of a collection. */
  length: z.number().int().nullable(),
  encoding: z.string().nullable(),
  blanks: z.partialRecord(z.enum(["type", "ttlMs", "memoryBytes", "length", "encoding"]), z.string()),
});
export type KeyRow = z.infer<typeof keyRow>;

export const keyList = z.object({
  keys: z.array(keyRow),
  /** Pass back to go on; null when the namespace is walked to its end. Pages may be empty: a rare filter, spent budget. */
  cursor: z.string().nullable(),
  /** Keys looked at for this page (names of other namespaces are skipped inside Redis and never read). */
  examined: z.number().int(),
  /** Keys of this page. */
  matched: z.number().int(),
  /** DBSIZE of the nodes walked: all namespaces together. */
  total: z.number().int(),
  complete: z.boolean(),
  /** True when the page ended because its round trips or ms were spent. */
  budgetSpent: z.boolean(),
  asOf: z.number().int(),
});
export type KeyList = z.infer<typeof keyList>;

export const listKeys = defineEndpoint({
  id: "listKeys",
  method: "GET",
  path: "/api/keys",
  role: "viewer",
  summary: "One page of the namespace's keys, found within a budget",
  query: keyFilter.extend({
    cursor: z.string().max(4_096).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  reply: keyList,
});

export const describeKeys = defineEndpoint({
  id: "describeKeys",
  method: "GET",
  path: "/api/keys/describe",
  role: "viewer",
  summary: "Fresh figures of keys that are listed already, in one round trip",
  /** `a,b`: at most 200. */
  query: z.strictObject({ keys: csv(keyId).pipe(z.array(keyId).min(1).max(200)) }),
  reply: z.object({
    keys: z.array(keyRow),
    /** Those that no longer exist. */
    gone: z.array(keyId),
    asOf: z.number().int(),
  }),
});

// ---- census: how many keys of which class ----------------------------------------------------------------------------

export const census = z.object({
  /** When the walk ended (or, while `running`, when these figures were taken). null before the first walk. */
  asOf: z.number().int().nullable(),
  running: z.boolean(),
  complete: z.boolean(),
  examined: z.number().int(),
  total: z.number().int(),
  durationMs: z.number().int(),
  classes: z.array(
    z.object({ class: keyClass, count: z.number().int(), memoryBytes: z.number().int(), withoutTtl: z.number().int() }),
  ),
  /** Largest keys seen, largest first. */
  biggest: z.array(keyRow),
  /** Keys without TTL in classes that should have one. */
  withoutTtl: z.array(keyRow),
});
export type Census = z.infer<typeof census>;

export const getCensus = defineEndpoint({
  id: "getCensus",
  method: "GET",
  path: "/api/keys/census",
  role: "viewer",
  summary: "Counts and memory per class from the shared background walk",
  query: z.strictObject({ refresh: z.stringbool().optional() }),
  reply: census,
});

// ---- one key ---------------------------------------------------------------------------------------------------------

/** What the operator saw: type + SHA-1 of the value (`string:<40 hex>`, never the TTL), or for values above 1 MB
 * `partial:<type>:<length>:<40 hex of first and last 64 KB>`, or `absent`. Opaque to clients. */
export const fingerprint = z
  .string()
  .max(200)
  .regex(/^[a-z0-9:-]+$/);

export const keyDetail = keyRow.extend({
  fingerprint,
  idleMs: z.number().int().nullable(),
  /** When these facts were read; count the TTL down from here. */
  asOf: z.number().int(),
  /** Bytes of the value itself (strings). */
  valueBytes: z.number().int().nullable(),
  edit: z.object({
    /** Whether this role may change the value here and now. */
    value: z.boolean(),
    ttl: z.boolean(),
    delete: z.boolean(),
    /** Why something above is false; null when all are true. */
    because: z.string().nullable(),
    /** The text to type before a destructive act; null when a plain confirmation is enough. */
    confirm: z.string().nullable(),
    /** Whether a delete can be undone (its size fits the undo space), and if not, why. */
    undo: z.object({ possible: z.boolean(), because: z.string().nullable() }),
  }),
  /** Masked until an admin reveals it: the class is sensitive. */
  masked: z.boolean(),
});
export type KeyDetail = z.infer<typeof keyDetail>;

export const getKey = defineEndpoint({
  id: "getKey",
  method: "GET",
  path: "/api/keys/{k}",
  role: "viewer",
  summary: "All figures of one key, and what may be done with it",
  params: keyParams,
  reply: keyDetail,
  errors: ["KEY_NOT_FOUND"],
});

const page = {
  length: z.number().int(),
  /** Pass back for more; null at the end. */
  cursor: z.string().nullable(),
};

/** One page of a value, by type. Elements longer than 16 KiB come truncated; ask for them with `element`. */
export const valuePage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("string"), ...page, offset: z.number().int(), part }),
  z.object({
    type: z.literal("hash"),
    ...page,
    items: z.array(z.object({ field: part, value: part, ttlMs: z.number().int().nullable() })),
  }),
  z.object({ type: z.literal("list"), ...page, items: z.array(z.object({ index: z.number().int(), value: part })) }),
  z.object({ type: z.literal("set"), ...page, items: z.array(z.object({ member: part })) }),
  z.object({ type: z.literal("zset"), ...page, items: z.array(z.object({ member: part, score: z.string() })) }),
  z.object({
    type: z.literal("stream"),
    ...page,
    items: z.array(z.object({ id: z.string(), fields: z.array(z.object({ field: part, value: part })) })),
    groups: z.array(
      z.object({ name: z.string(), consumers: z.number().int(), pending: z.number().int(), lastId: z.string() }),
    ),
  }),
]);
export type ValuePage = z.infer<typeof valuePage>;

const valueQuery = z.strictObject({
  cursor: z.string().max(200).optional(),
  /** Glob searched inside a hash (field), set or zset (member), list or stream (value, within the page walked). */
  match: z.string().max(1_000).optional(),
  /** Elements per page, or for strings KiB per page. */
  count: z.coerce.number().int().min(1).max(1_000).default(100),
});

export const getValue = defineEndpoint({
  id: "getValue",
  method: "GET",
  path: "/api/keys/{k}/value",
  role: "viewer",
  summary: "One page of a value; sensitive contents are masked",
  params: keyParams,
  query: valueQuery,
  reply: valuePage,
  errors: ["KEY_NOT_FOUND"],
});

export const revealValue = defineEndpoint({
  id: "revealValue",
  method: "POST",
  path: "/api/keys/{k}/reveal",
  role: "admin",
  summary: "The same page unmasked; the act is audited",
  params: keyParams,
  body: valueQuery.extend({ reason }),
  reply: valuePage,
  errors: ["KEY_NOT_FOUND", "AUDIT_UNAVAILABLE"],
});

export const DECODERS = [
  "auto",
  "text",
  "json",
  "msgpack",
  "v8",
  "gzip",
  "deflate",
  "brotli",
  "hex",
  "base64",
] as const;

export const decoded = z.object({
  /** What was recognised, outermost first: `["gzip", "json"]`. */
  recognised: z.array(z.string()),
  /** Readable text (JSON pretty-printed with its numbers intact), or null when it could not be decoded. */
  text: z.string().nullable(),
  /** Why not. */
  because: z.string().nullable(),
  /** The text was cut at the cap. */
  truncated: z.boolean(),
  masked: z.boolean(),
});
export type Decoded = z.infer<typeof decoded>;

const decodeTarget = {
  as: z.enum(DECODERS).default("auto"),
  /** Decodes one element instead of the whole value: hash field, list index, set or zset member, or a stream entry's
   * n-th value (base64url bytes; an index as the text `7`, a stream's value as the text `<id> 0`). */
  element: keyId.optional(),
};

export const decodeValue = defineEndpoint({
  id: "decodeValue",
  method: "GET",
  path: "/api/keys/{k}/decoded",
  role: "viewer",
  summary: "A value or one of its elements made readable",
  params: keyParams,
  query: z.strictObject(decodeTarget),
  reply: decoded,
  errors: ["KEY_NOT_FOUND"],
});

export const revealDecoded = defineEndpoint({
  id: "revealDecoded",
  method: "POST",
  path: "/api/keys/{k}/decoded/reveal",
  role: "admin",
  summary: "The same unmasked; the act is audited",
  params: keyParams,
  body: z.strictObject({ ...decodeTarget, reason }),
  reply: decoded,
  errors: ["KEY_NOT_FOUND", "AUDIT_UNAVAILABLE"],
});

export const downloadValue = defineEndpoint({
  id: "downloadValue",
  method: "GET",
  path: "/api/keys/{k}/download",
  role: "viewer",
  summary:
    "The whole value as a file: a string's bytes, a collection as JSON lines. Refused while masked unless an admin asks with reveal=1",
  params: keyParams,
  query: z.strictObject({ reveal: z.stringbool().default(false) }),
  reply: z.unknown(),
  contentType: "application/octet-stream",
  errors: ["KEY_NOT_FOUND", "FORBIDDEN"],
});

// ---- writing (user cache only) ---------------------------------------------------------------------------------------

export const MAX_EDIT_BYTES = 1024 * 1024;
/** A TTL a write asks for. The text forms keep wrong numbers out of Redis with TTL_INVALID rather than INVALID_INPUT. */
export const ttlChange = z.union([z.literal("keep"), z.literal("none"), z.strictObject({ ms: z.unknown() })]);
export type TtlChange = "keep" | "none" | { ms: unknown };

const write = {
  value: bytes,
  ttl: ttlChange.default("keep"),
  /** Keys the operator agreed to evict, as shown by the QUOTA_EXCEEDED answer before. */
  evict: z.array(keyId).max(500).optional(),
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

// ---- bulk ------------------------------------------------------------------------------------------------------------

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
