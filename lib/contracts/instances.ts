// The processes that take part in the namespace, and how they are. Times are ms of Redis' clock; `asOf` is Redis' now.

import * as z from "zod";
import { defineEndpoint } from "./endpoint.ts";

const ms = z.number().int();
const size = z.number().min(0);

export const instanceState = z.enum(["starting", "live", "late", "gone", "draining"]);
export type InstanceState = z.infer<typeof instanceState>;

export const instanceId = z.string().regex(/^[0-9a-f]{32}$/, "Expected an instance id: 32 lower-case hex characters");

/** Something an operator should know. `id` names the rule, so that it can be looked up and tested. */
export const instanceWarning = z.object({ id: z.string(), tone: z.enum(["warn", "bad"]), text: z.string() });
export type InstanceWarning = z.infer<typeof instanceWarning>;

/** One instance as a row; what it does not say is null. */
export const instance = z.object({
  id: instanceId,
  name: z.string(),
  /** member: embeds the core and beats. foreign: an Enfyra server, known by its telemetry. */
  kind: z.enum(["member", "foreign"]),
  state: instanceState,
  /** Its last sign of life. */
  heardAt: ms,
  startedAt: ms.nullable(),
  host: z.string().nullable(),
  pid: z.number().int().nullable(),
  application: z.string().nullable(),
  version: z.string().nullable(),
  rssBytes: size.nullable(),
  /** CPU time by time: 1 is one core. */
  cpuRatio: z.number().nullable(),
  /** How late the event loop came round, 99th percentile. */
  loopDelayMs: z.number().nullable(),
  /** Of its first-level cache since it started, 0 to 1. */
  hitRate: z.number().nullable(),
  /** Its wall clock minus Redis'. */
  clockOffsetMs: z.number().nullable(),
  /** How many caches it holds, and locks. */
  caches: z.number().int().nullable(),
  locks: z.number().int().nullable(),
  warnings: z.array(instanceWarning),
});
export type Instance = z.infer<typeof instance>;

export const heldCache = z.object({
  cache: z.string(),
  /** The name of its loader; null when the function has none. */
  loader: z.string().nullable(),
  state: z.string(),
  /** µs of Redis' clock; null: nothing was published yet. */
  generation: z.number().nullable(),
  /** The newest generation any instance knows of. */
  newest: z.number().nullable(),
  appliedAt: ms.nullable(),
  tookMs: z.number().nullable(),
  error: z.string().nullable(),
});
export type HeldCache = z.infer<typeof heldCache>;

export const heldLock = z.object({
  key: z.string(),
  fence: z.number().nullable(),
  acquiredAt: ms.nullable(),
  expiresAt: ms.nullable(),
});

/** What was measured at one moment; rates between this sample and the one before. */
export const instanceSample = z.object({
  at: ms,
  rssBytes: size,
  heapUsedBytes: size,
  cpuRatio: z.number(),
  loopDelayMs: z.number(),
  hitRate: z.number().nullable(),
});
export type InstanceSample = z.infer<typeof instanceSample>;

/** Everything one instance says of itself. */
export const instanceDetail = z.object({
  instance,
  /** What it waits for while it starts. */
  waitingFor: z.array(z.string()),
  heartbeatMs: ms.nullable(),
  versions: z.object({
    node: z.string().nullable(),
    core: z.string().nullable(),
    redisClient: z.string().nullable(),
  }),
  memory: z.object({ heapUsedBytes: size, heapTotalBytes: size, heapLimitBytes: size.nullable() }).nullable(),
  loopDelay: z.object({ mean: z.number(), p99: z.number(), max: z.number() }).nullable(),
  clockRttMs: z.number().nullable(),
  link: z.object({ state: z.string(), reason: z.string().nullable() }).nullable(),
  /** idle: it listens to nothing. */
  subscriber: z.enum(["idle", "ready", "away"]).nullable(),
  l1: z
    .object({
      mode: z.string(),
      /** Whether its copies are kept true, so that they are served; if not, why. */
      armed: z.boolean(),
      reason: z.string().nullable(),
      hits: z.number(),
      misses: z.number(),
      evictions: z.number(),
      size: z.number(),
      invalidations: z.number(),
    })
    .nullable(),
  /** Whether its caches come from snapshots in Redis, and the wire it speaks; null when it does not say. */
  reload: z.object({ snapshots: z.boolean(), wire: z.string().nullable() }).nullable(),
  caches: z.array(heldCache),
  locks: z.array(heldLock),
  queues: z.array(z.string()),
  drivers: z.array(z.object({ name: z.string(), driver: z.string() })),
  /** Sections of its manifest that this console has no place for, as JSON. */
  others: z.array(z.object({ section: z.string(), json: z.string() })),
  samples: z.array(instanceSample),
  /** Only of a foreign instance: its measurements, and what they are means of. */
  foreign: z
    .object({
      basis: z.enum(["now", "since start"]).nullable(),
      figures: z.array(z.object({ name: z.string(), value: z.number() })),
      requestsPerSecond: z.number().nullable(),
      leaseUpdatedAt: ms.nullable(),
      sqlPoolAt: ms.nullable(),
    })
    .nullable(),
});
export type InstanceDetail = z.infer<typeof instanceDetail>;

export const listInstances = defineEndpoint({
  id: "listInstances",
  method: "GET",
  path: "/api/instances",
  role: "viewer",
  summary: "Who is in the cluster, the worst first",
  reply: z.object({
    asOf: ms,
    instances: z.array(instance),
    /** About the cluster as a whole. */
    warnings: z.array(instanceWarning),
  }),
});

export const getInstance = defineEndpoint({
  id: "getInstance",
  method: "GET",
  path: "/api/instances/{id}",
  role: "viewer",
  summary: "One instance, with its recent measurements",
  params: z.strictObject({ id: instanceId }),
  reply: z.object({ asOf: ms, detail: instanceDetail }),
  errors: ["NOT_FOUND"],
});
