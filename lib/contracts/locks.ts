// The HTTP contract of the noun "locks". Times are ms of Redis' clock; `asOf` is Redis' now.

import * as z from "zod";
import { keyId } from "./bytes.ts";
import { defineEndpoint } from "./endpoint.ts";
import { instanceState } from "./instances.ts";
import { confirm, reason } from "./keys.ts";

const ms = z.number().int();

/** Somebody who holds a lock, or waits for one. */
export const lockParty = z.object({
  /** null: the value names no instance. */
  instanceId: z.string().nullable(),
  /** As in the list of instances; null for one nobody heard of. */
  name: z.string().nullable(),
  state: instanceState.nullable(),
});
export type LockParty = z.infer<typeof lockParty>;

/**
 * holder-gone: the instance that holds it is gone, or nobody heard of it · no-ttl: it never frees itself · evictable: no
 * book marks it as held, so a quota may take it · global: its name carries no namespace, so every cluster without
 * NODE_NAME on this Redis shares it.
 */
export const LOCK_WARNINGS = ["holder-gone", "no-ttl", "evictable", "global"] as const;
export const lockWarning = z.enum(LOCK_WARNINGS);
export type LockWarning = z.infer<typeof lockWarning>;

export const lockRow = z.object({
  k: keyId,
  /** As operators know it, without the namespace. */
  name: z.string(),
  /** user: a key of the user cache · system: one of the jobs that run once · runtime: the refresh of a runtime cache. */
  kind: z.enum(["user", "system", "runtime"]),
  held: z.boolean(),
  holder: lockParty,
  /** What the lock's key holds, cut to 200 characters; null when it is free. */
  value: z.string().nullable(),
  /** What a forced release compares. */
  fingerprint: z.string().nullable(),
  fence: z.number().nullable(),
  acquiredAt: ms.nullable(),
  /** How long it was to last when it was acquired; null when nobody knows. */
  leaseMs: ms.nullable(),
  /** -1: it never frees itself; -2: it is free. */
  ttlMs: ms,
  waiters: z.array(z.object({ party: lockParty, since: ms })),
  /** How often somebody met it held. */
  contention: ms,
  warnings: z.array(lockWarning),
});
export type LockRow = z.infer<typeof lockRow>;

/** One holder after another; `endedAt` null: nobody wrote down when it ended. */
export const lockHolding = z.object({
  id: z.string(),
  party: lockParty,
  fence: z.number().nullable(),
  acquiredAt: ms.nullable(),
  endedAt: ms.nullable(),
  /** held: still · released: given back · forced: by an operator · lapsed: it was never given back. */
  ended: z.enum(["held", "released", "forced", "lapsed"]),
  /** Who forced it. */
  by: z.string().nullable(),
});
export type LockHolding = z.infer<typeof lockHolding>;

export const listLocks = defineEndpoint({
  id: "listLocks",
  method: "GET",
  path: "/api/locks",
  role: "viewer",
  summary: "Every lock that is held or waited for",
  reply: z.object({
    asOf: ms,
    locks: z.array(lockRow),
    /** There are more than can be listed. */
    isPartial: z.boolean(),
  }),
});

const params = z.object({ k: keyId });

export const getLock = defineEndpoint({
  id: "getLock",
  method: "GET",
  path: "/api/locks/{k}",
  role: "viewer",
  summary: "One lock: who holds it, who waits, and who held it before",
  params,
  reply: z.object({
    asOf: ms,
    lock: lockRow,
    history: z.array(lockHolding),
    /** Of a system lock: versions that were run to the end under it. */
    done: z.array(z.object({ version: z.string(), at: ms })),
  }),
  errors: ["KEY_NOT_FOUND"],
});

export const forceRelease = defineEndpoint({
  id: "forceRelease",
  method: "POST",
  path: "/api/locks/{k}/release",
  role: "admin",
  summary: "Frees a lock whoever holds it, if it is still what was shown",
  params,
  body: z.strictObject({
    /** The lock's fingerprint as it was shown. */
    fingerprint: z.string().regex(/^[0-9a-f]{40}$/, "must be the fingerprint of the lock"),
    /** The lock's name, typed. */
    confirm,
    reason,
  }),
  reply: z.object({ k: keyId, name: z.string() }),
  errors: ["KEY_NOT_FOUND", "CONFLICT", "CONFIRMATION_REQUIRED"],
});
