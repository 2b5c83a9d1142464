// Reloading caches cluster-wide, and who obeyed. Times are ms of Redis' clock unless said; `asOf` is Redis' now.

import * as z from "zod";
import { defineEndpoint, ROLES } from "./endpoint.ts";
import { reason } from "./keys.ts";

/** Other programs' clocks may tell fractions. */
const ms = z.number();
const cacheName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "Expected the name of a cache");
const tableName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, "Expected the name of a table");

/** A process that takes part: a member embeds the core and answers, a foreign server only hears the documented wire. */
export const reloadInstance = z.object({
  id: z.string(),
  /** As people say it: `api-3`, or `host:pid`, or the id's beginning. */
  name: z.string(),
  kind: z.enum(["member", "foreign"]),
  state: z.enum(["starting", "live", "late", "gone", "draining"]),
  /** Its last sign of life. */
  seenAt: ms,
  /** Whether its caches come from snapshots in Redis; null when it does not say. */
  snapshots: z.boolean().nullable(),
  /** Why it hears no signals just now; null while it does, or when it does not say. */
  deaf: z.string().nullable(),
});
export type ReloadInstance = z.infer<typeof reloadInstance>;

/** What one instance has of one cache. */
export const holding = z.object({
  instance: z.string(),
  /** current: the newest generation · behind: an older one · failed: its last try failed, so it serves an older one. */
  state: z.enum(["current", "rebuilding", "behind", "failed"]),
  generation: z.number().int().nullable(),
  appliedAt: ms.nullable(),
  tookMs: ms.nullable(),
  /** Since when it serves something older than the newest. */
  behindSince: ms.nullable(),
  message: z.string().nullable(),
});
export type Holding = z.infer<typeof holding>;

export const reloadCache = z.object({
  cache: z.string(),
  /** Tables whose change reloads it. */
  tables: z.array(z.string()),
  /** Channels its signal travels by, in full. */
  channels: z.array(z.string()),
  /** µs of Redis' clock; null: never reloaded since the log begins. */
  generation: z.number().int().nullable(),
  publishedAt: ms.nullable(),
  /** The reload that made this generation. */
  lastReload: z.string().nullable(),
  holdings: z.array(holding),
  /** Median of the last rebuilds; null when nobody rebuilt it yet. */
  typicalMs: ms.nullable(),
  /** What a signal for it destroys where a current Enfyra server hears it; null: nothing. */
  danger: z.string().nullable(),
});
export type ReloadCache = z.infer<typeof reloadCache>;

/** One reload as a line of the history. */
export const reloadSummary = z.object({
  id: z.string(),
  at: ms,
  caches: z.array(z.string()),
  table: z.string().nullable(),
  reason: z.string().nullable(),
  /** The operator, or the instance. */
  by: z.string(),
  counts: z.object({ applied: z.number().int(), failed: z.number().int(), open: z.number().int() }),
});
export type ReloadSummary = z.infer<typeof reloadSummary>;

/** Whether instances rebuild from the database or from snapshots in Redis. */
export const snapshotMode = z.object({
  /** mixed: some do, some do not. none: there is no such instance. */
  members: z.enum(["database", "snapshots", "mixed", "none"]),
  foreign: z.enum(["database", "snapshots", "none"]),
  /** In words, with what follows from it. */
  sentence: z.string(),
});

export const reloadsReply = z.object({
  asOf: ms,
  namespace: z.string().nullable(),
  instances: z.array(reloadInstance),
  caches: z.array(reloadCache),
  tables: z.array(z.object({ table: z.string(), caches: z.array(z.string()) })),
  mode: snapshotMode,
  recent: z.array(reloadSummary),
});
export type Reloads = z.infer<typeof reloadsReply>;

/** What to reload: caches by name, "all", or those a change of `table` concerns. */
const selection = {
  caches: z.union([z.literal("all"), z.array(cacheName).min(1).max(64)]).optional(),
  table: tableName.optional(),
  /** Pause between the start of one instance and the next, so that the database is not asked by all at once. */
  staggerMs: z.number().int().min(0).max(60_000).default(0),
};
const isOneOf = ({ caches, table }: { caches?: unknown; table?: unknown }) =>
  (caches === undefined) !== (table === undefined);
const ONE_OF = { message: "Name either `caches` or `table`" };

export const reloadWarning = z.object({ level: z.enum(["bad", "warn"]), sentence: z.string(), cure: z.string() });

export const reloadPreview = z.object({
  caches: z.array(
    z.object({
      cache: z.string(),
      /** Instances that hold it and will answer. */
      holders: z.number().int(),
      typicalMs: ms.nullable(),
      databaseLoads: z.number().int(),
    }),
  ),
  instances: z.array(
    reloadInstance.extend({
      caches: z.number().int(),
      /** answer: it says when it applied · confirm: seen in its own reload list · deliver: only that it was sent. */
      expect: z.enum(["answer", "confirm", "deliver"]),
    }),
  ),
  channels: z.array(z.object({ channel: z.string(), receivers: z.number().int().nullable() })),
  /** How often the database is asked; a cache that is loaded once for all counts once. */
  databaseLoads: z.number().int(),
  mode: snapshotMode,
  warnings: z.array(reloadWarning),
  /** The lowest role that may do it, and the text to type; null: no typing needed. */
  role: z.enum(ROLES),
  confirm: z.string().nullable(),
});
export type ReloadPreview = z.infer<typeof reloadPreview>;

/** What one instance did about one cache of one reload. */
export const reloadCell = z.object({
  instance: z.string(),
  cache: z.string(),
  /**
   * queued → rebuilding → applied | failed; silent: alive or not, it has not answered.
   * superseded: it applied a newer generation. delivered | confirmed: a foreign server, see `reloadInstance`.
   */
  state: z.enum(["queued", "rebuilding", "applied", "failed", "silent", "superseded", "delivered", "confirmed"]),
  /** Since when it is so. For silent: since when nothing was heard of it. */
  since: ms,
  /** From publish to the answer. */
  latencyMs: ms.nullable(),
  /** Of the loader. */
  tookMs: ms.nullable(),
  message: z.string().nullable(),
});
export type ReloadCell = z.infer<typeof reloadCell>;

export const reload = z.object({
  id: z.string(),
  asOf: ms,
  publishedAt: ms,
  deadlineAt: ms.nullable(),
  caches: z.array(z.string()),
  table: z.string().nullable(),
  reason: z.string().nullable(),
  by: z.string(),
  staggerMs: ms,
  instances: z.array(reloadInstance),
  cells: z.array(reloadCell),
  /** True while somebody who may still answer has not. */
  open: z.boolean(),
});
export type Reload = z.infer<typeof reload>;

const reloadParams = z.object({ id: z.string().regex(/^\d{1,16}-\d{1,16}$/, "Expected the id of a reload") });
const confirm = z.string().max(200).optional();

export const listReloads = defineEndpoint({
  id: "listReloads",
  method: "GET",
  path: "/api/reloads",
  role: "viewer",
  summary: "The caches of the cluster, which generation each instance serves, and the last reloads",
  reply: reloadsReply,
});

export const previewReload = defineEndpoint({
  id: "previewReload",
  method: "POST",
  path: "/api/reloads/preview",
  role: "operator",
  summary: "What a reload would do: who is asked, how often the database, what it would destroy. Changes nothing",
  body: z.strictObject(selection).refine(isOneOf, ONE_OF),
  reply: reloadPreview,
  errors: ["NOT_FOUND"],
});

export const startReload = defineEndpoint({
  id: "startReload",
  method: "POST",
  path: "/api/reloads",
  role: "operator",
  summary: "Publishes a reload to the whole cluster; the answers are in GET /api/reloads/{id}",
  body: z
    .strictObject({
      ...selection,
      reason,
      /** Who has not answered by then is overdue. */
      deadlineMs: z.number().int().min(1_000).max(600_000).default(30_000),
      confirm,
    })
    .refine(isOneOf, ONE_OF),
  reply: z.object({ id: z.string() }),
  errors: ["NOT_FOUND", "CONFIRMATION_REQUIRED", "AUDIT_UNAVAILABLE"],
});

export const getReload = defineEndpoint({
  id: "getReload",
  method: "GET",
  path: "/api/reloads/{id}",
  role: "viewer",
  summary: "One reload: what each instance did about each cache",
  params: reloadParams,
  reply: reload,
  errors: ["NOT_FOUND"],
});

export const resendReload = defineEndpoint({
  id: "resendReload",
  method: "POST",
  path: "/api/reloads/{id}/resend",
  role: "operator",
  summary: "Asks those again who are silent or failed; the others, and foreign servers, are left alone",
  params: reloadParams,
  body: z.strictObject({ reason }),
  /** Names of those asked again. */
  reply: z.object({ asked: z.array(z.string()) }),
  errors: ["NOT_FOUND", "CONFLICT", "AUDIT_UNAVAILABLE"],
});

/** A signal as it was heard on the channels, or read in the log when it was not. */
export const traceSignal = z.object({
  id: z.string(),
  at: ms,
  /** core: understood by all kinds of servers. malformed: nobody understands it, see `note`. */
  form: z.enum(["core", "documented", "orchestrator", "malformed"]),
  publisher: z.object({
    id: z.string().nullable(),
    name: z.string(),
    kind: z.enum(["member", "foreign", "console", "unknown"]),
  }),
  /** Where it was heard, and how many subscribed there at that moment, consoles left out; null: not known. */
  channels: z.array(z.object({ channel: z.string(), receivers: z.number().int().nullable() })),
  /** Members that were alive then and so ought to hear it. */
  expected: z.number().int(),
  caches: z.array(z.string()),
  table: z.string().nullable(),
  reason: z.string().nullable(),
  /** The reload it belongs to, if it is in the log. */
  reload: z.string().nullable(),
  answers: z.array(
    z.object({
      instance: z.string(),
      name: z.string(),
      cache: z.string(),
      state: z.enum(["applied", "failed"]),
      latencyMs: ms,
      tookMs: ms.nullable(),
    }),
  ),
  /** What is wrong with it, in words: nobody received it, it was not heard here, it cannot be understood. */
  note: z.string().nullable(),
});
export type TraceSignal = z.infer<typeof traceSignal>;

export const traceReply = z.object({
  asOf: ms,
  /** Since when the console listens without a break; null: it does not, and `because` says why. */
  listeningSince: ms.nullable(),
  because: z.string().nullable(),
  /** Times in which it did not listen. */
  gaps: z.array(z.object({ from: ms, until: ms })),
  signals: z.array(traceSignal),
  /** Signals kept, of which those are shown that match. */
  kept: z.number().int(),
  /** Who does not hear whom, in words. */
  findings: z.array(
    z.object({
      id: z.string(),
      /** note: right or wrong, only people can know. */
      level: z.enum(["ok", "note", "warn", "bad"]),
      sentence: z.string(),
      evidence: z.string(),
      cure: z.string().nullable(),
    }),
  ),
});
export type Trace = z.infer<typeof traceReply>;

export const traceReloads = defineEndpoint({
  id: "traceReloads",
  method: "GET",
  path: "/api/reloads/trace",
  role: "viewer",
  summary:
    "Every reload signal heard: publisher, channel, receivers, the latency of each answer; and namespace mismatches",
  query: z.strictObject({
    /** Part of a cache, table, channel, publisher or reason. */
    search: z.string().max(200).optional(),
    from: z.enum(["member", "foreign", "console", "unknown"]).optional(),
    /** Only what something is wrong with. */
    trouble: z.enum(["true", "false"]).optional(),
    limit: z.coerce.number().int().min(1).max(1_000).default(200),
  }),
  reply: traceReply,
});
