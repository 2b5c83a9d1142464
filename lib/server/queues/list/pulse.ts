// Asks in which queues something happened, while nobody tells: Redis refuses to, or so much happens that being told of
// each change would cost it more (lib/server/live/following.ts). One command over the event streams of up to 200 queues;
// as long as a list is open it is asked three times a second, whatever the number of browsers.

import type { Connections } from "../../../core/redis/connections.ts";
import type { Bullmq } from "../bullmq.ts";

export interface Pulse {
  /** Resolves when what happened until now was noted; at once while changes are told anyway. @throws {StoreUnavailable} */
  ask(): Promise<void>;
  /** Somebody looks: it is asked regularly from now on, as long as anybody listens. */
  attend(): void;
  close(): void;
}

interface Parts {
  readonly connections: Connections;
  readonly bullmq: Bullmq;
  readonly names: () => Iterable<string>;
  readonly isFollowing: () => boolean;
  /** Whether anybody listens who could be told. */
  readonly isWatched: () => boolean;
  /** Something happened in this queue; null: nobody knows in which. */
  readonly onChange: (queue: string | null) => void;
}

const PULSE_MS = 300;
/** An answer that is older is no answer to who asks now. */
const FRESH_MS = 150;
const CLOCK_MS = 10_000;
const QUEUES_PER_CALL = 200;
/** Whoever has the list open asks again within this, if only because a minute has passed. */
const ATTENDED_MS = 5 * 60_000;

export function createPulse({ connections, bullmq, names, isFollowing, isWatched, onChange }: Parts): Pulse {
  let asked: { at: number; answer: Promise<void> } | null = null;
  /** Up to when everything was noted, by Redis' clock; null: nothing is known. */
  let since: number | null = null;
  let clock: { askedAt: number; aheadMs: number } | null = null;
  let beating: NodeJS.Timeout | undefined;
  let attendedAt = Number.NEGATIVE_INFINITY;

  const readStreams = (keys: readonly string[], from: number) =>
    connections.run((client) => client.xread("COUNT", 1, "STREAMS", ...keys, ...keys.map(() => String(from))));

  /** Queues in which something happened since then, ms of Redis' clock. */
  async function changedSince(from: number, queues: readonly string[]): Promise<string[]> {
    const byKey = new Map(queues.map((queue) => [bullmq.key(queue, "events"), queue]));
    const keys = [...byKey.keys()];
    const streams = await readStreams(keys, from).catch(async (error: unknown) => {
      if (!(error instanceof Error && error.message.startsWith("WRONGTYPE"))) throw error;
      // One of them is no stream, and spoils the question for all: each by itself.
      const each = await Promise.all(keys.map((key) => readStreams([key], from).catch(() => null)));
      return each.flatMap((answer) => answer ?? []);
    });
    return (streams ?? []).map(([key]) => byKey.get(key)!);
  }

  /** Redis' clock, of the node that writes the streams, carried on by ours. */
  async function redisNow(): Promise<number> {
    if (clock === null || performance.now() - clock.askedAt > CLOCK_MS) {
      const [seconds, micros] = await connections.run(async () => (await connections.primaries())[0]!.time());
      // It was so late before the answer came: rather asked twice for the same event than never.
      const askedAt = performance.now();
      clock = { askedAt, aheadMs: Number(seconds) * 1_000 + Number(micros) / 1_000 - askedAt };
    }
    return Math.floor(performance.now() + clock.aheadMs);
  }

  async function askNow(): Promise<void> {
    const before = since;
    since = null;
    const queues = before === null ? [] : [...names()];
    const asking: Promise<string[]>[] = [];
    const now = await redisNow();
    // Two events may share a millisecond, and only the first have been there when it was asked.
    for (let first = 0; first < queues.length; first += QUEUES_PER_CALL)
      asking.push(changedSince(before! - 1, queues.slice(first, first + QUEUES_PER_CALL)));
    for (const queue of (await Promise.all(asking)).flat()) onChange(queue);
    since = now;
    if (before === null) onChange(null);
  }

  function ask(): Promise<void> {
    if (isFollowing()) {
      since = null;
      return Promise.resolve();
    }
    if (asked !== null && performance.now() - asked.at < FRESH_MS) return asked.answer;
    asked = { at: performance.now(), answer: askNow() };
    return asked.answer;
  }

  function beat(): void {
    const calls = Math.ceil([...names()].length / QUEUES_PER_CALL);
    if (!isWatched() || performance.now() - attendedAt > ATTENDED_MS) stop();
    else if (performance.now() - (asked?.at ?? 0) >= PULSE_MS * calls - FRESH_MS) ask().catch(() => {});
  }

  function stop(): void {
    clearInterval(beating);
    beating = undefined;
  }

  return {
    ask,
    attend() {
      attendedAt = performance.now();
      beating ??= setInterval(beat, PULSE_MS).unref();
    },
    close: stop,
  };
}
