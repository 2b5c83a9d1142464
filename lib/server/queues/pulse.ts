// Asks in which queues something happened, while nobody tells: Redis refuses to, or so much happens that being told of
// each change would cost it more (lib/server/live/following.ts). One command over the event streams of up to 200 queues;
// as long as a list is open it is asked three times a second, whatever the number of browsers.

import type { Connections } from "../../core/redis/connections.ts";
import { defineScript } from "../../core/redis/scripts.ts";

export const pulseScript = defineScript(new URL("./pulse.lua", import.meta.url), { keys: 1 });

export interface Pulse {
  /** Resolves when what happened until now was noted; at once while changes are told anyway. @throws {StoreUnavailable} */
  ask(): Promise<void>;
  /** Somebody looks: it is asked regularly from now on, as long as anybody listens. */
  attend(): void;
  close(): void;
}

interface Parts {
  readonly connections: Connections;
  readonly prefix: string;
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
const QUEUES_PER_CALL = 200;
/** Whoever has the list open asks again within this, if only because a minute has passed. */
const ATTENDED_MS = 5 * 60_000;

export function createPulse({ connections, prefix, names, isFollowing, isWatched, onChange }: Parts): Pulse {
  let asked: { at: number; answer: Promise<void> } | null = null;
  /** Up to when everything was noted, by Redis' clock; null: nothing is known. */
  let since: number | null = null;
  let beating: NodeJS.Timeout | undefined;
  let attendedAt = Number.NEGATIVE_INFINITY;

  async function question(from: number, queues: readonly string[]): Promise<number> {
    const answer = await pulseScript.run(connections, [`${prefix}:`, from, ...queues]);
    const [now, ...changed] = answer as [number, ...string[]];
    for (const queue of changed) onChange(queue);
    return now;
  }

  async function askNow(): Promise<void> {
    const before = since;
    since = null;
    if (before === null) {
      since = await question(0, []);
      return onChange(null);
    }
    const queues = [...names()];
    // Two events may share a millisecond, and only the first have been there when we asked.
    const now = await question(before - 1, queues.slice(0, QUEUES_PER_CALL));
    for (let first = QUEUES_PER_CALL; first < queues.length; first += QUEUES_PER_CALL)
      await question(before - 1, queues.slice(first, first + QUEUES_PER_CALL));
    since = now;
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
