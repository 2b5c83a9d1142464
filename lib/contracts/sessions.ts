// The HTTP contract of the noun "sessions". Times are ms, sizes bytes. A session's id opens somebody's account, so it
// never travels to a browser: a session is named by `ref`, its id sealed by this console, and shown by `fingerprint`.

import * as z from "zod";
import { defineEndpoint } from "./endpoint.ts";
import { confirm, reason } from "./keys.ts";

/** A session's id, sealed: only the console that made it (or one with the same secret) can open it. */
export const sessionRef = z
  .string()
  .min(1)
  .max(1_000)
  .regex(/^[A-Za-z0-9_-]+$/, "must be base64url");
/** Whom a session belongs to, as the application named them. */
export const sessionUser = z.string().min(1).max(512);
/** Place of an invalidation in the stream all instances read: `<ms>-<n>` of Redis. */
const streamId = z.string().regex(/^\d{1,16}-\d{1,19}$/, "must be the id of an invalidation");

export const sessionRow = z.object({
  ref: sessionRef,
  /** Ten hex digits of a keyed hash of the id: tells sessions apart, opens nothing. */
  fingerprint: z.string(),
  /** null: it belongs to nobody, or was written by somebody who keeps no index. */
  user: z.string().nullable(),
  createdAt: z.number().int().nullable(),
  lastSeenAt: z.number().int().nullable(),
  /** ms until it expires; -1 never. */
  ttlMs: z.number().int(),
  /** What the TTL was when it was last prolonged; null when nobody wrote it down. */
  lifetimeMs: z.number().int().nullable(),
  /** µs of its last write, which no other write shares; null when its writer notes none. */
  version: z.number().int().nullable(),
  bytes: z.number().int(),
});
export type SessionRow = z.infer<typeof sessionRow>;

/** index: sessions of our session store, by its books · outside: what else lies under `NODE:session:`, found by a walk. */
export const SESSION_SCOPES = ["index", "outside"] as const;

export const listSessions = defineEndpoint({
  id: "listSessions",
  method: "GET",
  path: "/api/sessions",
  role: "viewer",
  summary: "Sessions, those seen last first; of one user, or of everybody",
  query: z.strictObject({
    user: sessionUser.optional(),
    scope: z.enum(SESSION_SCOPES).default("index"),
    cursor: z.string().max(2_000).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({
    sessions: z.array(sessionRow),
    /** null at the end. */
    cursor: z.string().nullable(),
    /** How many the index holds of what was asked for; null for a walk, which does not know. */
    total: z.number().int().nullable(),
    /** Keys a walk looked at. */
    examined: z.number().int(),
    asOf: z.number().int(),
  }),
});

export const findSession = defineEndpoint({
  id: "findSession",
  method: "POST",
  path: "/api/sessions/find",
  role: "viewer",
  summary: "The session with this id. A POST, so that the id stands in no address and no log",
  body: z.strictObject({ id: z.string().min(1).max(512) }),
  reply: z.object({ session: sessionRow }),
  errors: ["NOT_FOUND"],
});

export const sessionDetail = sessionRow.extend({
  /** Pretty-printed with its secrets masked; null when it could not be read. */
  contents: z.string().nullable(),
  /** Why not. */
  because: z.string().nullable(),
  masked: z.boolean(),
  truncated: z.boolean(),
  /** Sessions of the same user, this one included; null when it belongs to nobody. */
  ofUser: z.number().int().nullable(),
  asOf: z.number().int(),
});
export type SessionDetail = z.infer<typeof sessionDetail>;

export const getSession = defineEndpoint({
  id: "getSession",
  method: "GET",
  path: "/api/sessions/{ref}",
  role: "viewer",
  summary: "One session, its contents masked",
  params: z.object({ ref: sessionRef }),
  reply: sessionDetail,
  errors: ["NOT_FOUND"],
});

// ---- the copies that instances hold ----------------------------------------------------------------------------------

export const MEMBER_STATES = ["starting", "live", "late", "gone", "draining"] as const;

const instanceName = {
  instanceId: z.string(),
  /** `host:pid`, or the first of the id where it tells neither. */
  name: z.string(),
  state: z.enum(MEMBER_STATES),
  /** ms since it last gave a sign of life. */
  silentMs: z.number().int(),
};

export const sessionInstance = z.object({
  ...instanceName,
  /** tracking · versioned · ttl · off */
  mode: z.string(),
  /** Whether its copies are kept true now; while not, it reads Redis for every request. */
  armed: z.boolean(),
  hits: z.number().int(),
  misses: z.number().int(),
  evictions: z.number().int(),
  /** Copies it holds. */
  size: z.number().int(),
  /** Copies it dropped because somebody wrote or deleted the session. */
  invalidations: z.number().int(),
  /** The last invalidation it has applied. */
  cursor: z.string().nullable(),
});
export type SessionInstance = z.infer<typeof sessionInstance>;

export const listSessionInstances = defineEndpoint({
  id: "listSessionInstances",
  method: "GET",
  path: "/api/sessions/instances",
  role: "viewer",
  summary: "What each instance tells about the sessions it holds copies of",
  reply: z.object({
    instances: z.array(sessionInstance),
    /** Members that keep no sessions. */
    others: z.number().int(),
    asOf: z.number().int(),
  }),
});

// ---- revocation ------------------------------------------------------------------------------------------------------

export const revokeSessions = defineEndpoint({
  id: "revokeSessions",
  method: "POST",
  path: "/api/sessions/revoke",
  role: "operator",
  summary: "Ends one session, or all of a user's, on every instance",
  body: z.strictObject({
    target: z.union([z.strictObject({ ref: sessionRef }), z.strictObject({ user: sessionUser })]),
    reason,
    confirm,
  }),
  reply: z.object({
    /** How many were ended. */
    revoked: z.number().int(),
    /** The invalidation every instance must have applied: ask getRevocation for it. */
    entry: streamId,
  }),
  errors: ["NOT_FOUND", "CONFIRMATION_REQUIRED", "AUDIT_UNAVAILABLE"],
});

/**
 * dropped: it is past the invalidation · reads-redis: it holds no copies, so it had nothing to drop · behind: it lives
 * and has not said so yet · silent: nothing was heard from it since · gone: it had been silent for long before
 */
export const DROP_STATES = ["dropped", "reads-redis", "behind", "silent", "gone"] as const;

export const revocation = z.object({
  entry: streamId,
  /** What was ended, and how many; null when this console did not do it, or has forgotten. */
  what: z.object({ name: z.string(), count: z.number().int() }).nullable(),
  /** When it was revoked, in Redis's time. */
  at: z.number().int(),
  /** Until when every instance should have answered. */
  deadlineAt: z.number().int(),
  asOf: z.number().int(),
  instances: z.array(
    z.object({
      ...instanceName,
      drop: z.enum(DROP_STATES),
      /** ms from the revocation to the sign of life that proves it; null while there is none. */
      afterMs: z.number().int().nullable(),
    }),
  ),
  /** No instance can serve it any more · some have not answered yet · the deadline passed and some have not. */
  verdict: z.enum(["proven", "waiting", "unproven"]),
});
export type Revocation = z.infer<typeof revocation>;

export const getRevocation = defineEndpoint({
  id: "getRevocation",
  method: "GET",
  path: "/api/sessions/revocation",
  role: "viewer",
  summary: "Which instances have dropped what a revocation ended",
  query: z.strictObject({ entry: streamId }),
  reply: revocation,
});
