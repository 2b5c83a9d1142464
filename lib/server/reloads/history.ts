// What was heard and answered, as far as the console remembers. One signal is one line however many channels it was heard
// on: publisher and timestamp tell. The log knows more about some (reason, generation), the channels more about others (who
// received them), and either may have missed one; both are joined here. In memory, bounded; the log survives a restart.

import type { Answer, LogEntry, MalformedSignal, TailEvent } from "../../core/reload/types.ts";

const MAX_SIGNALS = 1_000;
/** Over all signals; the answers to the oldest are dropped first. */
const MAX_ANSWERS = 50_000;

type HeardEvent = Extract<TailEvent, { type: "signal" }>;

export interface Signal {
  readonly key: string;
  /** ms of Redis' clock. */
  at: number;
  readonly form: "core" | "documented" | "orchestrator" | "malformed";
  readonly publisher: string | null;
  readonly caches: Set<string>;
  readonly table: string | null;
  /** Where it was heard here → how many received it there; null: not known. */
  readonly channels: Map<string, number | null>;
  /** Instances that were alive when it was heard; null when it was only read in the log, or heard just now. */
  expected: number | null;
  generation: number | null;
  entry: LogEntry | null;
  readonly problem: string | null;
}

export class ReloadHistory {
  /** Oldest first. */
  readonly #signals = new Map<string, Signal>();
  /** Generation → cache and instance → its last answer. */
  readonly #answers = new Map<number, Map<string, Answer>>();
  #answerCount = 0;
  #unnamed = 0;

  /** Newest first. */
  get signals(): Signal[] {
    return [...this.#signals.values()].sort((a, b) => b.at - a.at);
  }

  /** @param at when it was heard, ms of Redis' clock */
  heard(event: HeardEvent, at: number): void {
    const key = this.#keyOf(event.publisher, event.timestamp);
    const known = this.#signals.get(key) ?? this.#add(fromChannel(key, event, at));
    known.channels.set(event.channel, event.receivers);
    for (const cache of event.caches) known.caches.add(cache);
    known.generation ??= event.generation;
  }

  /** So many were alive when the last signals were heard. Foreign servers listen on the current server's channel only. */
  expect(alive: { readonly members: number; readonly foreign: number }): void {
    for (const signal of this.#signals.values()) {
      if (signal.channels.size === 0) continue;
      signal.expected ??= alive.members + (signal.form === "documented" ? 0 : alive.foreign);
    }
  }

  malformed({ channel, problem, excerpt }: MalformedSignal, at: number): void {
    this.#add({
      key: this.#keyOf("", null),
      at,
      form: "malformed",
      publisher: null,
      caches: new Set(),
      table: null,
      channels: new Map([[channel, null]]),
      expected: null,
      generation: null,
      entry: null,
      problem: excerpt === "" ? problem : `${problem}: ${excerpt}`,
    });
  }

  /** @returns whether all of them were known already, so that nobody need look further back */
  logged(entries: readonly LogEntry[]): boolean {
    let news = false;
    for (const entry of entries) {
      const known = this.#find(entry) ?? this.#add(fromLog(`${entry.publisher}:${entry.timestamp ?? entry.id}`, entry));
      news ||= known.entry === null;
      known.entry = entry;
      known.generation = entry.generation;
      known.at = entry.at;
      for (const cache of entry.caches) known.caches.add(cache);
    }
    return !news;
  }

  answered(answer: Answer): void {
    const { generation, cache, instanceId } = answer;
    const answers = this.#answers.get(generation) ?? new Map<string, Answer>();
    const key = answerKey(cache, instanceId);
    const before = answers.get(key);
    if (before && before.at > answer.at) return;
    if (!before) this.#answerCount++;
    this.#answers.set(generation, answers.set(key, answer));
    this.#dropOldAnswers();
  }

  answer(generation: number, cache: string, instance: string): Answer | undefined {
    return this.#answers.get(generation)?.get(answerKey(cache, instance));
  }

  answersTo(generation: number): Answer[] {
    return [...(this.#answers.get(generation)?.values() ?? [])];
  }

  /** When the first generation of a cache after this one was published; null when that is not remembered. */
  firstAfter(generation: number, cache: string): number | null {
    const later = [...this.#signals.values()].filter(
      (signal) => signal.caches.has(cache) && (signal.generation ?? 0) > generation,
    );
    return later.length === 0 ? null : Math.min(...later.map(({ at }) => at));
  }

  knows(generation: number): boolean {
    return [...this.#signals.values()].some((signal) => signal.generation === generation);
  }

  /** The same signal heard, or read in the log before. */
  #find({ id, publisher, timestamp }: LogEntry): Signal | undefined {
    if (timestamp !== null) return this.#signals.get(this.#keyOf(publisher, timestamp));
    return [...this.#signals.values()].findLast(
      (signal) => signal.entry?.id === id || (signal.entry === null && signal.publisher === publisher),
    );
  }

  #add(signal: Signal): Signal {
    this.#signals.set(signal.key, signal);
    if (this.#signals.size > MAX_SIGNALS) {
      const [oldest] = this.#signals.keys();
      if (oldest !== undefined) this.#signals.delete(oldest);
    }
    return signal;
  }

  /** A message without a timestamp cannot be told from the next one; each is a signal of its own. */
  #keyOf(publisher: string, timestamp: number | null): string {
    return timestamp === null ? `unnamed:${++this.#unnamed}` : `${publisher}:${timestamp}`;
  }

  #dropOldAnswers(): void {
    while (this.#answerCount > MAX_ANSWERS && this.#answers.size > 1) {
      const oldest = Math.min(...this.#answers.keys());
      this.#answerCount -= this.#answers.get(oldest)?.size ?? 0;
      this.#answers.delete(oldest);
    }
  }
}

function fromChannel(key: string, event: HeardEvent, at: number): Signal {
  const { publisher, table, generation, channel } = event;
  const foreign = channel.startsWith("enfyra:cache-orchestrator-sync") ? "orchestrator" : "documented";
  return {
    key,
    at,
    form: generation === null ? foreign : "core",
    publisher,
    caches: new Set(),
    table,
    channels: new Map(),
    expected: null,
    generation,
    entry: null,
    problem: null,
  };
}

function fromLog(key: string, entry: LogEntry): Signal {
  const orchestrated = entry.channels.some(({ channel }) => channel.startsWith("enfyra:cache-orchestrator-sync"));
  return {
    key,
    at: entry.at,
    form: entry.foreign ? (orchestrated ? "orchestrator" : "documented") : "core",
    publisher: entry.publisher,
    caches: new Set(),
    table: entry.table,
    channels: new Map(),
    expected: null,
    generation: entry.generation,
    entry: null,
    problem: null,
  };
}

function answerKey(cache: string, instance: string): string {
  return `${cache}\n${instance}`;
}
