import * as z from "zod";
import { defineEndpoint } from "./endpoint.ts";
import { quota } from "./key-edits.ts";
import { census, keyRow } from "./keys.ts";

/** The states of the link to Redis. */
export const linkState = z.object({
  state: z.enum(["connecting", "ready", "degraded", "down"]),
  reason: z.string().nullable(),
  /** Since when, ms. */
  since: z.number().int(),
});
export type LinkState = z.infer<typeof linkState>;

export const healthFinding = z.object({
  id: z.string(),
  level: z.enum(["ok", "warn", "bad"]),
  /** "Memory is 93 % of maxmemory" */
  sentence: z.string(),
  /** The figures it was read from. */
  evidence: z.string(),
  /** What to do; null when nothing. */
  cure: z.string().nullable(),
});
export type HealthFinding = z.infer<typeof healthFinding>;

export const overview = z.object({
  namespace: z.string().nullable(),
  environment: z.string().nullable(),
  asOf: z.number().int(),
  link: linkState,
  /** Facts of the server; null where Redis refused or does not say. */
  redis: z.object({
    /** Where, never with a password: `127.0.0.1:6379`. */
    address: z.string(),
    server: z.enum(["redis", "valkey"]).nullable(),
    version: z.string().nullable(),
    topology: z.enum(["standalone", "sentinel", "cluster"]),
    role: z.string().nullable(),
    nodes: z.number().int(),
    uptimeS: z.number().int().nullable(),
    usedMemoryBytes: z.number().int().nullable(),
    maxMemoryBytes: z.number().int().nullable(),
    fragmentation: z.number().nullable(),
    evictionPolicy: z.string().nullable(),
    persistence: z.string().nullable(),
    replicas: z.number().int().nullable(),
    clients: z.number().int().nullable(),
    opsPerSecond: z.number().int().nullable(),
    keys: z.number().int().nullable(),
  }),
  health: z.array(healthFinding),
  quota,
  /** What the next eviction would take, first victim first. */
  nextVictims: z.array(keyRow),
  /** Channels of the Socket.IO adapter: it keeps no keys. null when Redis refuses to say. */
  socketIoChannels: z.number().int().nullable(),
  census,
});
export type Overview = z.infer<typeof overview>;

export const getOverview = defineEndpoint({
  id: "getOverview",
  method: "GET",
  path: "/api/overview",
  role: "viewer",
  summary: "The namespace and its Redis at a glance",
  reply: overview,
});
