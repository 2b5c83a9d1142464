// Reads what happened in all queues since last time: BullMQ writes it to one stream per queue, and one command asks all of
// them. A queue where much happened is then read on by itself, page by page.

import type { Connections } from "../../../core/redis/connections.ts";
import type { Bullmq } from "../bullmq.ts";
import type { JobEvent } from "./job-clock.ts";

/** Entries of every queue in the first question, and of one queue in each further one. */
const FIRST = 100;
const PAGE = 1_000;
const PAGE_BYTES = 1_000_000;
/** BullMQ keeps about 10,000 events: who reads so many at once may have come too late for some. */
const MOST_PAGES = 20;
const QUEUES_AT_ONCE = 200;

type Entry = [id: string, fields: string[]];

export interface QueueNews {
  readonly queue: string;
  readonly events: JobEvent[];
  /** Redis had dropped entries before they were read. */
  readonly isPartial: boolean;
}

interface Parts {
  readonly connections: Connections;
  readonly bullmq: Bullmq;
}

/** Where to go on reading. */
export interface Position {
  /** Id of an entry. */
  readonly at: string;
  /** Whether there was such an entry: then that it is gone means that what followed may be gone as well. */
  readonly wasRead: boolean;
}

export async function readEvents(parts: Parts, after: ReadonlyMap<string, Position>): Promise<QueueNews[]> {
  const queues = [...after.keys()];
  const news: QueueNews[] = [];
  for (let first = 0; first < queues.length; first += QUEUES_AT_ONCE) {
    const group = queues.slice(first, first + QUEUES_AT_ONCE);
    for (const [queue, entries] of await readFirst(parts, group, after))
      news.push(await readOn(parts, queue, entries, after.get(queue)));
  }
  return news;
}

async function readFirst(
  { connections, bullmq }: Parts,
  queues: readonly string[],
  after: ReadonlyMap<string, Position>,
): Promise<[string, Entry[]][]> {
  const names = new Map(queues.map((queue) => [bullmq.key(queue, "events"), queue]));
  const ids = queues.map((queue) => after.get(queue)?.at ?? "0");
  const read = (keys: string[], from: string[]) =>
    connections.run((client) => client.xread("COUNT", FIRST, "STREAMS", ...keys, ...from));
  const answers = await read([...names.keys()], ids).catch(async (error: unknown) => {
    if (!(error instanceof Error && error.message.startsWith("WRONGTYPE"))) throw error;
    // One of them is no stream, and spoils the question for all: each by itself, once more.
    const each = await Promise.all([...names.keys()].map((key, at) => read([key], [ids[at]!]).catch(() => null)));
    return each.flatMap((answer) => answer ?? []);
  });
  return ((answers ?? []) as [string, Entry[]][]).map(([key, entries]) => [names.get(key) ?? "", entries]);
}

async function readOn(
  { connections, bullmq }: Parts,
  queue: string,
  entries: Entry[],
  after?: Position,
): Promise<QueueNews> {
  const key = bullmq.key(queue, "events");
  const events = entries.flatMap(toEvent);
  let isPartial = false;
  let page = entries;
  let asked = FIRST;
  for (let pages = 0; page.length === asked; pages++) {
    const last = page.at(-1)![0];
    if (pages === 0 && after?.wasRead) isPartial = await isDropped(connections, key, after.at);
    if (pages === MOST_PAGES) break;
    asked = Math.max(1, Math.min(PAGE, Math.floor(PAGE_BYTES / averageBytes(page))));
    page = await connections.run((client) => client.xrange(key, `(${last}`, "+", "COUNT", asked));
    events.push(...page.flatMap(toEvent));
  }
  return { queue, events, isPartial };
}

/** Whether the entry that was read last is gone, and with it perhaps some that followed. */
async function isDropped(connections: Connections, key: string, id: string): Promise<boolean> {
  const [oldest] = await connections.run((client) => client.xrange(key, "-", "+", "COUNT", 1));
  return oldest !== undefined && isLater(oldest[0], id);
}

function isLater(one: string, other: string): boolean {
  const [ms = 0, seq = 0] = one.split("-").map(Number);
  const [otherMs = 0, otherSeq = 0] = other.split("-").map(Number);
  return ms > otherMs || (ms === otherMs && seq > otherSeq);
}

function toEvent([id, fields]: Entry): JobEvent[] {
  const told: Partial<Record<string, string>> = {};
  for (let at = 0; at < fields.length; at += 2) if (fields[at] !== "returnvalue") told[fields[at]!] = fields[at + 1]!;
  return [{ id, at: Number(id.split("-")[0]), event: told.event ?? "", jobId: told.jobId ?? "" }];
}

function averageBytes(entries: readonly Entry[]): number {
  const bytes = entries.reduce((sum, [, fields]) => sum + fields.reduce((size, text) => size + text.length, 0), 0);
  return Math.max(1, bytes / entries.length);
}
