// Writes down what happens in all queues, whether or not a browser is open. Of several consoles one does; another takes
// over within seconds when it ends, and goes on at the event where the last one stopped.
//
//   every second   one XREAD over the event streams of all queues
//   every 5 s      keeps the part of the recorder (hold.lua)
//   every 15 s     writes the steps under way of queues in which something happened (record.lua, one call each)
//   every minute   the age of the oldest waiting job, asked only where something happened; new queues
//
// An idle namespace costs about 1.3 commands a second in all, however many queues and browsers there are.

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { HistoryRecorder } from "../../../contracts/queue-history.ts";
import type { Keyspace } from "../../../core/keyspace.ts";
import type { Connections } from "../../../core/redis/connections.ts";
import type { Bullmq } from "../bullmq.ts";
import type { QueueKeeper } from "../list/keeper.ts";
import { readOldest } from "../list/snapshot.ts";
import { Coverage } from "./coverage.ts";
import { readEvents } from "./event-reader.ts";
import { historyKeys, KEEP_MS } from "./keys.ts";
import { QueueBook } from "./queue-book.ts";
import { holdScript, leaveScript, recordScript } from "./scripts.ts";

export interface Recorder {
  readonly state: HistoryRecorder;
  /** Begins; it ends with {@link Recorder.close}. */
  start(): void;
  close(): Promise<void>;
}

interface Parts {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  readonly bullmq: Bullmq;
  readonly keeper: Pick<QueueKeeper, "names">;
  /** Shorter ones for tests, ms. */
  readonly pace?: Partial<typeof PACE>;
}

const PACE = { readMs: 1_000, holdMs: 5_000, writeMs: 15_000, ageMs: 60_000 };
const LEASE_MS = 15_000;
/** A queue in which nothing happens may still be emptied by hand. */
const AGE_ANYWAY_MS = 300_000;
/** Jobs asked at each reading when they became ready, of one queue and of all. */
const STRANGERS = { queue: 10, all: 50 };
const AT_ONCE = 20;

export function createRecorder(parts: Parts): Recorder {
  const { connections, keyspace, bullmq, keeper } = parts;
  const pace = { ...PACE, ...parts.pace };
  const keys = historyKeys(keyspace);
  const token = randomUUID();
  const stop = new AbortController();
  const books = new Map<string, QueueBook>();
  const due = { hold: 0, write: 0, age: 0, names: 0 };
  let coverage: Coverage | null = null;
  let offsetMs = 0;
  let state: HistoryRecorder = { state: "nobody", because: null };
  let running: Promise<void> | null = null;

  /** Redis' clock, carried on by the monotonic one since it was last asked. */
  const redisNow = () => Math.round(performance.now() + offsetMs);

  function isDue(what: keyof typeof due, everyMs: number): boolean {
    if (performance.now() < due[what]) return false;
    due[what] = performance.now() + everyMs;
    return true;
  }

  async function hold(): Promise<void> {
    const askedAt = performance.now();
    const [mine, now] = (await holdScript.run(connections, [keys.recorder, token, LEASE_MS])) as [number, number];
    offsetMs = now - askedAt;
    state = { state: mine === 1 ? "here" : "elsewhere", because: null };
    if (mine === 0) return lose();
    if (coverage) return;
    const values = await connections.run((client) => client.hmgetBuffer(keys.coverage, ...Coverage.fields(now)));
    coverage = Coverage.open(values, now);
    for (const what of ["write", "age", "names"] as const) due[what] = 0;
  }

  function lose(): void {
    coverage = null;
    books.clear();
  }

  async function openNew(since: number): Promise<void> {
    const missing = (await keeper.names({ patient: true })).filter((name) => !books.has(name));
    const now = redisNow();
    await inGroups(missing, async (queue) => {
      const fields = QueueBook.fields(now);
      const values = await connections.run((client) => client.hmgetBuffer(keys.of(queue), ...fields));
      books.set(queue, QueueBook.open(values, now, since));
    });
  }

  async function read(): Promise<void> {
    const now = redisNow();
    let left = STRANGERS.all;
    for (const { queue, events, isPartial } of await readEvents({ connections, bullmq }, books)) {
      const book = books.get(queue);
      if (!book) continue;
      book.note(events, isPartial, now);
      const strangers = book.clock.takeStrangers(Math.min(left, STRANGERS.queue));
      left -= strangers.length;
      await askStrangers(queue, book, strangers, now);
    }
    coverage?.reach(now);
  }

  /** Jobs that became ready before anybody looked know it themselves, unless they were tried before or are gone. */
  async function askStrangers(queue: string, book: QueueBook, ids: readonly string[], now: number): Promise<void> {
    if (ids.length === 0) return;
    const answers = await connections.run((client) =>
      Promise.all(ids.map((id) => client.hmget(bullmq.key(queue, id), "timestamp", "delay", "processedOn", "ats"))),
    );
    for (const [added, delay, begun, attempts] of answers) {
      if (!added || !begun || Number(attempts ?? 1) > 1) continue;
      book.waited(Number(begun) - Number(added) - Number(delay ?? 0), now);
    }
  }

  async function age(): Promise<void> {
    const asked = [...books].filter(([, book]) => book.isActive || performance.now() - book.agedAt > AGE_ANYWAY_MS);
    const times = await readOldest(
      { connections, bullmq },
      asked.map(([queue]) => queue),
    );
    for (const [at, [, book]] of asked.entries()) {
      book.isActive = false;
      book.agedAt = performance.now();
      book.oldestAt = times[at] ?? null;
    }
    for (const book of books.values()) book.aged(redisNow());
  }

  async function write(): Promise<void> {
    const now = redisNow();
    const writes = [...books].flatMap(([queue, book]) => {
      const pairs = book.take(now);
      return pairs === null ? [] : [{ key: keys.of(queue), pairs, again: () => book.again() }];
    });
    try {
      for (const { key, pairs } of writes) await record(key, pairs);
      if (coverage) await record(keys.coverage, coverage.take());
    } catch (error) {
      for (const { again } of writes) again();
      throw error;
    }
  }

  async function record(key: string, pairs: readonly (string | Buffer)[]): Promise<void> {
    const written = await recordScript.run(connections, [keys.recorder, key, token, KEEP_MS, ...pairs]);
    if (written === 0) lose();
  }

  async function step(): Promise<void> {
    if (isDue("hold", pace.holdMs)) await hold();
    if (!coverage) return;
    if (isDue("names", pace.ageMs)) await openNew(coverage.until);
    await read();
    if (isDue("age", pace.ageMs)) await age();
    if (isDue("write", pace.writeMs)) await write();
  }

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        await step();
      } catch (error) {
        due.hold = 0;
        state = { state: "nobody", because: error instanceof Error ? error.message : String(error) };
      }
      await sleep(coverage ? pace.readMs : pace.holdMs, undefined, { signal: stop.signal, ref: false }).catch(() => {});
    }
    if (!coverage) return;
    await write().catch(() => {});
    await leaveScript.run(connections, [keys.recorder, token]).catch(() => {});
  }

  return {
    get state() {
      return state;
    },
    start() {
      running ??= run();
    },
    async close() {
      stop.abort();
      await running;
    },
  };
}

async function inGroups<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  for (let first = 0; first < all.length; first += AT_ONCE)
    await Promise.all(all.slice(first, first + AT_ONCE).map(work));
}
