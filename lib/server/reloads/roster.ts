// Everybody who takes part in reloads at one moment, and what is known of every cache. Services begin with this.

import type { Answer, KnownCache } from "../../core/reload/types.ts";
import { unlessRefused } from "../overview/redis-facts.ts";
import type { Runtime } from "../runtime.ts";
import { type ClusterInstance, isAlive, toInstances } from "./instances.ts";

export interface Roster {
  /** Redis' now, ms. */
  readonly at: number;
  readonly instances: readonly ClusterInstance[];
  readonly caches: readonly KnownCache[];
  /** Cache → the last answer of each instance. */
  readonly answers: ReadonlyMap<string, readonly Answer[]>;
  /** Whether snapshots of a foreign server lie in Redis. */
  readonly foreignSnapshots: boolean;
}

export async function readRoster({
  reloads,
  members,
  instances: watch,
  connections,
  keyspace,
}: Runtime): Promise<Roster> {
  const { reader } = reloads;
  const [list, { details }] = await Promise.all([members.members(), watch.all()]);
  const foreign = details.flatMap(({ instance }) => (instance.kind === "foreign" ? instance : []));
  const instances = toInstances(list.members, foreign);
  const registered = new Set(instances.filter(isAlive).flatMap(({ caches }) => [...caches.keys()]));
  const known = await reader.caches([...registered]);
  const caches = known.caches.map((cache) => withAdditions(cache, instances, keyspace));
  const names = caches.map(({ cache }) => cache);
  const snapshots = names.map((cache) => keyspace.runtimeCache(cache));
  const [answers, stored] = await Promise.all([
    reader.answers(names),
    unlessRefused(connections.call("EXISTS", ...snapshots)),
  ]);
  return {
    at: list.at,
    instances,
    caches,
    answers: new Map(Object.entries(answers.caches)),
    foreignSnapshots: Number(stored ?? 0) > 0 && !instances.some(({ snapshots }) => snapshots === true),
  };
}

/** The documents do not know an application's own tables and channels; its instances do. */
function withAdditions(
  known: KnownCache,
  instances: readonly ClusterInstance[],
  keyspace: Runtime["keyspace"],
): KnownCache {
  const tables = instances.flatMap((instance) =>
    Object.entries(instance.tables).flatMap(([table, caches]) => (caches.includes(known.cache) ? table : [])),
  );
  const channels = instances.flatMap(({ caches }) => {
    const base = caches.get(known.cache)?.channel;
    return base ? keyspace.channel(base) : [];
  });
  return {
    ...known,
    tables: [...new Set([...known.tables, ...tables])],
    channels: [...new Set([...channels, ...known.channels])],
  };
}

/** Members that registered a cache, dead ones left out. */
export function holdersOf({ instances }: Pick<Roster, "instances">, cache: string): ClusterInstance[] {
  return instances.filter((instance) => isAlive(instance) && instance.caches.has(cache));
}

export function answerOf({ answers }: Pick<Roster, "answers">, cache: string, instance: string): Answer | undefined {
  return answers.get(cache)?.find(({ instanceId }) => instanceId === instance);
}

/** Median of how long the last rebuilds took; null when nobody rebuilt it. */
export function typicalMs(roster: Pick<Roster, "answers" | "instances">, cache: string): number | null {
  const answered = (roster.answers.get(cache) ?? []).filter(({ state }) => state === "applied");
  const told = holdersOf(roster, cache).map(({ caches }) => caches.get(cache)?.tookMs);
  const times = (answered.length > 0 ? answered.map(({ tookMs }) => tookMs) : told)
    .filter((ms) => typeof ms === "number")
    .sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? null;
}
