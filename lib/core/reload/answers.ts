// What this instance says about its caches. Only the newest answer about a cache counts: one at a time is under way, and
// what could not be written is written when Redis is back.

import type { Keyspace } from "../keyspace.ts";
import type { Connections } from "../redis/connections.ts";
import { answerScript, reloadKeys } from "./scripts.ts";
import type { Answer, AnswerState } from "./types.ts";

/** "queued" and "rebuilding" are told only if they last: a quick loader has one answer. */
const WORTH_TELLING_MS = 10;

/** Made by {@link createAnswerWriter}. */
export interface AnswerWriter {
  give(answer: Omit<Answer, "at" | "instanceId">): void;
  /** Writes what could not be written before. */
  flush(): void;
  /** Resolves when everything was written, or failed once. */
  close(): Promise<void>;
}

type Draft = Omit<Answer, "at" | "instanceId">;

export function createAnswerWriter(options: {
  connections: Connections;
  keyspace: Keyspace;
  instanceId: string;
  /** Told after an answer was written that others may wait for. */
  onGiven: () => void;
}): AnswerWriter {
  const { connections, keyspace, instanceId, onGiven } = options;
  const keys = reloadKeys(keyspace);
  const unwritten = new Map<string, Draft>();
  const underWay = new Map<string, Promise<void>>();
  const timers = new Map<string, NodeJS.Timeout>();

  async function write(cache: string): Promise<void> {
    for (let draft = unwritten.get(cache); draft !== undefined; draft = unwritten.get(cache)) {
      unwritten.delete(cache);
      const text = JSON.stringify({ instanceId, ...draft }).slice(0, -1);
      try {
        await answerScript.run(connections, [keys.answers(cache), instanceId, text, keys.news]);
        if (isFinal(draft.state)) onGiven();
      } catch {
        // Kept for the next flush, unless something newer is to be said by now.
        if (!unwritten.has(cache)) unwritten.set(cache, draft);
        return;
      }
    }
  }

  function send(cache: string): void {
    clearTimeout(timers.get(cache));
    timers.delete(cache);
    if (underWay.has(cache)) return;
    underWay.set(
      cache,
      write(cache).finally(() => underWay.delete(cache)),
    );
  }

  return {
    give(draft) {
      unwritten.set(draft.cache, draft);
      if (isFinal(draft.state)) send(draft.cache);
      else if (!timers.has(draft.cache))
        timers.set(
          draft.cache,
          setTimeout(() => send(draft.cache), WORTH_TELLING_MS),
        );
    },
    flush() {
      for (const cache of unwritten.keys()) if (!timers.has(cache)) send(cache);
    },
    async close() {
      for (const cache of timers.keys()) send(cache);
      await Promise.all(underWay.values());
    },
  };
}

/** Reads an answer as an instance wrote it; undefined when it is none. */
export function parseAnswer(text: string): Answer | undefined {
  try {
    const value = JSON.parse(text) as Partial<Answer> | null;
    const isAnswer =
      typeof value?.cache === "string" &&
      typeof value.instanceId === "string" &&
      Number.isSafeInteger(value.generation) &&
      Number.isFinite(value.at) &&
      STATES.has(value.state as AnswerState);
    if (!isAnswer) return undefined;
    const { cache, instanceId, generation, state, at, tookMs, message } = value as Answer;
    return {
      ...{ cache, instanceId, generation, state, at },
      tookMs: typeof tookMs === "number" ? tookMs : null,
      message: typeof message === "string" ? message : null,
    };
  } catch {
    return undefined;
  }
}

const STATES: ReadonlySet<AnswerState> = new Set(["queued", "rebuilding", "applied", "failed"]);

function isFinal(state: AnswerState): boolean {
  return state === "applied" || state === "failed";
}
