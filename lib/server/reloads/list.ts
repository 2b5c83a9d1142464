// The caches of the cluster: what each instance serves, who serves an older generation and since when.

import type { listReloads as endpoint, Holding, ReloadCache, ReloadSummary } from "../../contracts/reloads.ts";
import type { Answer, KnownCache, LogEntry } from "../../core/reload/types.ts";
import type { Service } from "../context.ts";
import type { ReloadHistory } from "./history.ts";
import { type ClusterInstance, isAlive } from "./instances.ts";
import { snapshotMode } from "./mode.ts";
import { answerOf, type Roster, readRoster, typicalMs } from "./roster.ts";

const RECENT = 20;
/** Asking the silent again makes entries, too. */
const LOOK_BACK = 50;

export const listReloads: Service<typeof endpoint> = async ({ runtime }) => {
  const { keyspace, reloads } = runtime;
  const [roster, log] = await Promise.all([readRoster(runtime), reloads.reader.log({ count: LOOK_BACK })]);
  const { history } = reloads.watch;
  return {
    asOf: roster.at,
    namespace: keyspace.nodeName ?? null,
    instances: roster.instances.map(withoutCaches),
    caches: roster.caches.map((cache) => describe(cache, roster, history)),
    tables: tablesOf(roster.caches),
    mode: snapshotMode(roster),
    recent: summaries(log.entries, roster, history),
  };
};

/** What an instance is, without what it holds. */
export function withoutCaches({ caches: _caches, startedAt: _startedAt, ...instance }: ClusterInstance) {
  return instance;
}

function describe(known: KnownCache, roster: Roster, history: ReloadHistory): ReloadCache {
  const { cache, tables, channels, generation, publishedAt, warning } = known;
  const last = history.signals.find((signal) => signal.generation === generation && signal.entry?.only === null);
  return {
    cache,
    tables: [...tables],
    channels: [...channels],
    generation: generation || null,
    publishedAt,
    lastReload: last?.entry?.id ?? null,
    holdings: holdingsOf(known, roster, history),
    typicalMs: typicalMs(roster, cache),
    danger: warning,
  };
}

/** Of those alive, and of those who went with something older: they may be stopped, and still serve it to somebody. */
function holdingsOf(known: KnownCache, roster: Roster, history: ReloadHistory): Holding[] {
  return roster.instances
    .filter(({ caches }) => caches.has(known.cache))
    .map((holder) => ({
      holder,
      holding: holdingOf(known, holder, answerOf(roster, known.cache, holder.id), history),
    }))
    .filter(({ holder, holding }) => isAlive(holder) || holding.state !== "current")
    .map(({ holding }) => holding);
}

/** What a member serves: its answers are newer than its heartbeat, its heartbeat outlives its answers. */
export function holdingOf(
  { cache, generation: newest, publishedAt }: KnownCache,
  { id, caches, startedAt }: ClusterInstance,
  answer: Answer | undefined,
  history: Pick<ReloadHistory, "firstAfter">,
): Holding {
  const held = caches.get(cache);
  const applied = answer?.state === "applied" ? answer : undefined;
  const serves = Math.max(applied?.generation ?? 0, held?.generation ?? 0);
  // Who started after the last reload loaded what was new then, whether or not it knows its number.
  const isCurrent = serves >= newest || (serves === 0 && (startedAt ?? 0) > (publishedAt ?? 0));
  const holding = {
    instance: id,
    generation: serves || null,
    appliedAt: applied?.at ?? held?.appliedAt ?? null,
    tookMs: applied?.tookMs ?? held?.tookMs ?? null,
  };
  if (isCurrent) return { ...holding, state: "current", behindSince: null, message: null };
  const state = answer?.generation === newest ? answer.state : "queued";
  return {
    ...holding,
    state: state === "failed" ? "failed" : state === "rebuilding" ? "rebuilding" : "behind",
    behindSince: history.firstAfter(serves, cache) ?? publishedAt,
    message: state === "failed" ? (answer?.message ?? null) : null,
  };
}

function tablesOf(caches: readonly KnownCache[]): { table: string; caches: string[] }[] {
  const tables = new Map<string, string[]>();
  for (const { cache, tables: names } of caches)
    for (const table of names) tables.set(table, [...(tables.get(table) ?? []), cache]);
  return [...tables].map(([table, caches]) => ({ table, caches })).sort((a, b) => (a.table < b.table ? -1 : 1));
}

/** The last reloads; asking the silent again is no reload of its own. */
function summaries(entries: readonly LogEntry[], { instances }: Roster, history: ReloadHistory): ReloadSummary[] {
  const reloads = entries.filter(({ only }) => only === null).slice(0, RECENT);
  return reloads.map(({ id, at, caches, table, reason, by, publisher, generation }) => {
    const answers = history.answersTo(generation);
    const count = (...states: Answer["state"][]) => answers.filter(({ state }) => states.includes(state)).length;
    const name = instances.find((instance) => instance.id === publisher)?.name ?? publisher.slice(0, 8);
    const counts = { applied: count("applied"), failed: count("failed"), open: count("queued", "rebuilding") };
    return { id, at, caches: [...caches], table, reason, by: by ?? name, counts };
  });
}
