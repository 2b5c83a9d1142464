// The HTTP contract of the noun "keys". Times are ms, sizes bytes. A TTL of -1 means "no expiry", as in Redis.

import * as z from "zod";
import { keyId } from "./bytes.ts";
import { defineEndpoint } from "./endpoint.ts";
import { KEY_CLASS_IDS } from "./key-classes.ts";

export const keyClass = z.enum(KEY_CLASS_IDS);
export const redisType = z.enum(["string", "hash", "list", "set", "zset", "stream"]);
export type RedisType = z.infer<typeof redisType>;

export const keyParams = z.object({ k: keyId });
/** A reason an operator gives for an act; it goes into the audit. */
export const reason = z.string().trim().max(500).optional();
/** The name typed to confirm a destructive act, where one is asked for (CONFIRMATION_REQUIRED says which). */
export const confirm = z.string().max(20_000).optional();
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
