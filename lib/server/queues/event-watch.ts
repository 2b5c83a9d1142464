// Follows the events of the queues that somebody has open: one BullMQ QueueEvents per queue for all browsers, opened when
// its page asks and closed when nobody has asked for a minute. What it hears goes to browsers in small batches.

import { QueueEvents } from "bullmq";
import type { QueueEvent } from "../../contracts/queues.ts";
import type { Keyspace } from "../../core/keyspace.ts";
import type { Connections } from "../../core/redis/connections.ts";
import { createMask, type Mask } from "../../explorer/mask.ts";
import type { Config } from "../config.ts";
import type { LiveNews } from "../live/live.ts";

export interface EventWatch {
  /** This queue's page is open: its events are told for a minute from now. */
  attend(queue: string): void;
  /** How many queues are followed. */
  readonly following: number;
  close(): Promise<void>;
}

interface Parts {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  readonly config: Pick<Config, "sensitiveFields">;
  readonly publish: (news: LiveNews) => void;
}

const ATTENDED_MS = 60_000;
/** The first is told at once: somebody is looking. What follows is gathered for so long. */
const TELL_MS = 200;
/** Of a flood the latest are told: nobody reads a thousand lines a second, and the page asks for its table anew. */
const MAX_TOLD = 100;
/** Each follower is a connection; the queue that was asked about longest ago makes room. */
const MAX_FOLLOWED = 16;

const EVENTS = [
  ...["added", "waiting", "waiting-children", "delayed", "active", "progress", "completed", "failed", "stalled"],
  ...["retries-exhausted", "removed", "duplicated", "deduplicated", "paused", "resumed", "cleaned", "drained"],
] as const;

export function createEventWatch({ connections, keyspace, config, publish }: Parts): EventWatch {
  const mask = createMask(config.sensitiveFields);
  const followed = new Map<string, Follower>();
  const closing = new Set<Promise<void>>();
  let sweeper: NodeJS.Timeout | undefined;

  function end(queue: string): void {
    const ended = followed.get(queue)?.close();
    followed.delete(queue);
    if (ended) closing.add(ended.finally(() => closing.delete(ended)));
  }

  function sweep(): void {
    const oldest = [...followed].sort(([, a], [, b]) => a.attendedAt - b.attendedAt);
    for (const [index, [queue, { attendedAt, isBroken }]] of oldest.entries()) {
      const isLeft = performance.now() - attendedAt > ATTENDED_MS;
      if (isLeft || isBroken || index < followed.size - MAX_FOLLOWED) end(queue);
    }
    if (followed.size > 0) return;
    clearInterval(sweeper);
    sweeper = undefined;
  }

  return {
    attend(queue) {
      const known = followed.get(queue);
      if (known && !known.isBroken) {
        known.attendedAt = performance.now();
        return;
      }
      if (known) end(queue);
      const tell = (events: QueueEvent[]) => publish({ kind: "queue-events", queue, events });
      followed.set(queue, new Follower({ connections, prefix: keyspace.queuePrefix, queue, mask, tell }));
      sweeper ??= setInterval(sweep, 5_000).unref();
      if (followed.size > MAX_FOLLOWED) sweep();
    },
    get following() {
      return followed.size;
    },
    async close() {
      clearInterval(sweeper);
      for (const queue of [...followed.keys()]) end(queue);
      await Promise.allSettled(closing);
    },
  };
}

interface FollowerParts {
  readonly connections: Connections;
  readonly prefix: string;
  readonly queue: string;
  readonly mask: Mask;
  readonly tell: (events: QueueEvent[]) => void;
}

class Follower {
  attendedAt = performance.now();
  /** It ended by itself, and has to be made anew. */
  isBroken = false;
  readonly #parts: FollowerParts;
  readonly #opened: Promise<QueueEvents | null>;
  #gathered: QueueEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#opened = this.#open().catch(() => {
      this.isBroken = true;
      return null;
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const events = await this.#opened;
    await events?.close().catch(() => {});
  }

  async #open(): Promise<QueueEvents | null> {
    const { connections, prefix, queue } = this.#parts;
    const [primary] = await connections.primaries();
    if (!primary || this.#isClosed) return null;
    // BullMQ makes its own copy of this one, which never connects. It blocks, so nothing may time out its commands.
    const pattern = primary.duplicate({ lazyConnect: true, maxRetriesPerRequest: null, enableOfflineQueue: true });
    delete pattern.options.commandTimeout;
    const events = new QueueEvents(queue, { connection: pattern, prefix, autorun: false, skipVersionCheck: true });
    events.on("error", () => {});
    for (const event of EVENTS) this.#listen(events, event);
    events.run().catch(() => {
      this.isBroken = true;
    });
    return events;
  }

  #listen(events: QueueEvents, event: (typeof EVENTS)[number]): void {
    const listener = (...given: unknown[]) => {
      const id = String(given.at(-1));
      const fields = given.length > 1 ? (given[0] as Record<string, unknown>) : {};
      this.#gather(toEvent(id, { ...fields, event }, this.#parts.mask));
    };
    events.on(event as "waiting", listener as never);
  }

  #gather(event: QueueEvent): void {
    this.#gathered.push(event);
    if (this.#gathered.length > MAX_TOLD) this.#gathered.shift();
    const restMs = TELL_MS - (performance.now() - this.#toldAt);
    this.#timer ??= setTimeout(() => this.#tell(), Math.max(0, restMs)).unref();
  }

  #tell(): void {
    const events = this.#gathered;
    this.#timer = undefined;
    this.#toldAt = performance.now();
    this.#gathered = [];
    this.#parts.tell(events);
  }
}

const MAX_FIELD = 300;
/** Told with the event itself, or as large as an application likes. */
const LEFT_OUT = new Set(["event", "jobId", "returnvalue"]);

export function toEvent(id: string, fields: Readonly<Record<string, unknown>>, mask: Mask): QueueEvent {
  const rest = Object.entries(fields).filter(([name, value]) => !LEFT_OUT.has(name) && value !== undefined);
  return {
    id,
    at: Number(id.split("-")[0]),
    event: String(fields.event),
    jobId: fields.jobId === undefined ? null : String(fields.jobId),
    fields: Object.fromEntries(rest.map(([name, value]) => [name, shorten(value, mask)])),
  };
}

function shorten(value: unknown, mask: Mask): string {
  const { text } = mask.text(typeof value === "string" ? value : JSON.stringify(value));
  return text.length > MAX_FIELD ? `${text.slice(0, MAX_FIELD)}…` : text;
}
