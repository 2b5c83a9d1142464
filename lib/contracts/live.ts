import * as z from "zod";
import { keyId } from "./bytes.ts";
import { defineEndpoint } from "./endpoint.ts";
import { linkState } from "./overview.ts";
import { queueEvent } from "./queues.ts";

/** Events of the one stream an open browser holds. Event name = `kind`. */
export const liveEvent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("hello"), at: z.number().int(), link: linkState }),
  z.object({ kind: z.literal("link"), at: z.number().int(), link: linkState }),
  /** Keys that changed, whoever changed them. `by` is set when it was done in this console. `all`: too many, or the
   * feed was interrupted: refetch. */
  z.object({
    kind: z.literal("keys"),
    at: z.number().int(),
    keys: z.array(keyId),
    by: z.string().nullable(),
    all: z.boolean(),
  }),
  z.object({ kind: z.literal("census"), at: z.number().int() }),
  z.object({ kind: z.literal("audit"), at: z.number().int() }),
  /** How far the reconcile of the user cache is that somebody started here; `examined` counts within the phase. */
  z.object({
    kind: z.literal("reconcile"),
    at: z.number().int(),
    phase: z.enum(["keys", "books", "sum"]),
    examined: z.number().int(),
  }),
  /** Hints: something of this noun changed; ask again. */
  z.object({ kind: z.enum(["instances", "reloads", "locks", "sessions"]), at: z.number().int() }),
  /** Queues whose figures, jobs or schedulers changed; `all`: nobody knows which. */
  z.object({ kind: z.literal("queues"), at: z.number().int(), names: z.array(z.string()), all: z.boolean() }),
  /** What happened in a queue that somebody has open, oldest first. */
  z.object({ kind: z.literal("queue-events"), at: z.number().int(), queue: z.string(), events: z.array(queueEvent) }),
  /** Whether changes by others are seen as they happen, or this Redis refuses (then pages poll). */
  z.object({ kind: z.literal("feed"), at: z.number().int(), live: z.boolean(), because: z.string().nullable() }),
  /** The session ended; sign in again. */
  z.object({ kind: z.literal("bye"), at: z.number().int(), because: z.string() }),
]);
export type LiveEvent = z.infer<typeof liveEvent>;

/** The event names of the stream. */
export const LIVE_KINDS = Object.keys({
  hello: true,
  link: true,
  keys: true,
  census: true,
  audit: true,
  reconcile: true,
  instances: true,
  reloads: true,
  locks: true,
  sessions: true,
  queues: true,
  "queue-events": true,
  feed: true,
  bye: true,
} satisfies Record<LiveEvent["kind"], true>) as LiveEvent["kind"][];

export const openLive = defineEndpoint({
  id: "openLive",
  method: "GET",
  path: "/api/live",
  role: "viewer",
  summary: "Server-sent events about changes; one stream per browser",
  reply: z.unknown(),
  contentType: "text/event-stream",
});
