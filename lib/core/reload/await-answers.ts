// Waits for the answers to one publication: by their news, and by reading what is written at the start, whenever the
// connection was away, and once more at the end, because news can be lost. Who cannot listen just now reads again and again.

import { setTimeout as pause } from "node:timers/promises";
import type { Keyspace } from "../keyspace.ts";
import type { Connections } from "../redis/connections.ts";
import { parseAnswer } from "./answers.ts";
import { reloadKeys } from "./scripts.ts";
import type { Answer, PendingAnswer, Publication } from "./types.ts";

const LISTEN_PATIENCE_MS = 200;
const POLL_MS = 250;

/** Somebody whose answer is waited for. */
export interface Expected {
  readonly instanceId: string;
  readonly cache: string;
}

type Tally = Pick<Publication, "acked" | "pending" | "failed">;

/** Collects answers from the moment it is made; so make it before publishing. */
export interface AnswerCollector {
  /** Resolves when every expected one answered about its cache's generation or a newer one, or after `timeoutMs`. */
  wait(expected: readonly Expected[], generations: Publication["generations"], timeoutMs: number): Promise<Tally>;
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
  let isListening = false;
  const subscription = connections
    .subscribe(keys.news, (bytes) => {
      take(bytes.toString());
      onNews();
    })
    .then(
      (stop) => {
        isListening = true;
        return stop;
      },
      () => undefined,
    );
  // A subscriber that is away must not hold up what is to be published.
  await Promise.race([subscription, pause(LISTEN_PATIENCE_MS, undefined, { ref: false })]);

  async function read(caches: readonly string[]): Promise<void> {
    const replies = await connections.run((redis) =>
      Promise.all(caches.map((cache) => redis.hvals(keys.answers(cache)))),
    );
    for (const text of replies.flat()) take(text);
    onNews();
  }

  function tally(expected: readonly Expected[], generations: Publication["generations"]): Tally {
    const acked: Answer[] = [];
    const failed: Answer[] = [];
    const pending: PendingAnswer[] = [];
    for (const { instanceId, cache } of expected) {
      const answer = latest.get(keyOf({ instanceId, cache }));
      if (answer === undefined || answer.generation < (generations[cache] ?? 0))
        pending.push({ instanceId, cache, state: null });
      else if (answer.state === "applied") acked.push(answer);
      else if (answer.state === "failed") failed.push(answer);
      else pending.push({ instanceId, cache, state: answer.state });
    }
    return { acked, pending, failed };
  }

  return {
    async wait(expected, generations, timeoutMs) {
      const caches = [...new Set(expected.map(({ cache }) => cache))];
      const isSettled = () => tally(expected, generations).pending.length === 0;
      if (isSettled()) return tally(expected, generations);
      await new Promise<void>((resolve) => {
        const finish = () => {
          clearTimeout(timer);
          clearInterval(poll);
          stopResumed();
          stopLink();
          onNews = () => {};
          resolve();
        };
        const reread = () => void read(caches).catch(() => {});
        const timer = setTimeout(finish, timeoutMs);
        const poll = setInterval(() => !isListening && reread(), POLL_MS);
        const stopResumed = connections.onResumed(reread);
        const stopLink = connections.onLink(({ state }) => state === "ready" && reread());
        onNews = () => isSettled() && finish();
        reread();
      });
      if (!isSettled()) await read(caches).catch(() => {});
      return tally(expected, generations);
    },
    close: async () => void subscription.then((stop) => stop?.()),
  };
}

function keyOf({ instanceId, cache }: Expected): string {
  return `${cache}:${instanceId}`;
}

function isFinal({ state }: Answer): boolean {
  return state === "applied" || state === "failed";
}
