// Waits for the answers to one publication: by their news, and by reading what is written at the start, whenever the
// connection was away, and once more at the end, because news can be lost.

import type { Keyspace } from "../keyspace.ts";
import type { Connections } from "../redis/connections.ts";
import { parseAnswer } from "./answers.ts";
import { reloadKeys } from "./scripts.ts";
import type { Answer, PendingAnswer, Publication } from "./types.ts";

/** Somebody whose answer is waited for. */
export interface Expected {
  readonly instanceId: string;
  readonly cache: string;
}

type Tally = Pick<Publication, "acked" | "pending" | "failed">;

/** Collects answers from the moment it is made; so make it before publishing. */
export interface AnswerCollector {
  /** Resolves when every expected one answered about `generation` or a newer one, or after `timeoutMs`. */
  wait(expected: readonly Expected[], generation: number, timeoutMs: number): Promise<Tally>;
  close(): Promise<void>;
}

export async function collectAnswers(options: {
  connections: Connections;
  keyspace: Keyspace;
}): Promise<AnswerCollector> {
  const { connections, keyspace } = options;
  const keys = reloadKeys(keyspace);
  const latest = new Map<string, Answer>();
  let onNews = () => {};

  const take = (text: string) => {
    const answer = parseAnswer(text);
    if (answer === undefined) return;
    const before = latest.get(keyOf(answer));
    // Read and heard arrive in any order: the later answer of an instance is the one with the later time.
    if (before && (before.at > answer.at || (before.at === answer.at && isFinal(before)))) return;
    latest.set(keyOf(answer), answer);
  };
  const stop = await connections.subscribe(keys.news, (bytes) => {
    take(bytes.toString());
    onNews();
  });

  async function read(caches: readonly string[]): Promise<void> {
    const replies = await connections.run((redis) =>
      Promise.all(caches.map((cache) => redis.hvals(keys.answers(cache)))),
    );
    for (const text of replies.flat()) take(text);
    onNews();
  }

  function tally(expected: readonly Expected[], generation: number): Tally {
    const acked: Answer[] = [];
    const failed: Answer[] = [];
    const pending: PendingAnswer[] = [];
    for (const { instanceId, cache } of expected) {
      const answer = latest.get(keyOf({ instanceId, cache }));
      if (answer === undefined || answer.generation < generation) pending.push({ instanceId, cache, state: null });
      else if (answer.state === "applied") acked.push(answer);
      else if (answer.state === "failed") failed.push(answer);
      else pending.push({ instanceId, cache, state: answer.state });
    }
    return { acked, pending, failed };
  }

  return {
    async wait(expected, generation, timeoutMs) {
      const caches = [...new Set(expected.map(({ cache }) => cache))];
      const isSettled = () => tally(expected, generation).pending.length === 0;
      await new Promise<void>((resolve) => {
        const finish = () => {
          clearTimeout(timer);
          stopResumed();
          stopLink();
          onNews = () => {};
          resolve();
        };
        const reread = () => void read(caches).catch(() => {});
        const timer = setTimeout(finish, timeoutMs);
        const stopResumed = connections.onResumed(reread);
        const stopLink = connections.onLink(({ state }) => state === "ready" && reread());
        onNews = () => isSettled() && finish();
        reread();
      });
      if (!isSettled()) await read(caches).catch(() => {});
      return tally(expected, generation);
    },
    close: () => stop(),
  };
}

function keyOf({ instanceId, cache }: Expected): string {
  return `${cache}:${instanceId}`;
}

function isFinal({ state }: Answer): boolean {
  return state === "applied" || state === "failed";
}
