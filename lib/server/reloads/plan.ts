// What a reload would do, before it is done: who is asked, what it costs the database, what it is known to destroy. The
// preview shows the plan, and starting makes it again, so that nobody is held to what was true a minute ago.

import type { Role } from "../../contracts/endpoint.ts";
import type { previewReload as endpoint, ReloadPreview, startReload } from "../../contracts/reloads.ts";
import { ALL_WARNING, NEVER_IN_ALL } from "../../core/reload/known-caches.ts";
import { reloadKeys } from "../../core/reload/scripts.ts";
import type { KnownCache } from "../../core/reload/types.ts";
import { ApiError, type Input, type Service } from "../context.ts";
import type { Runtime } from "../runtime.ts";
import { readReceivers } from "./audience.ts";
import { type ClusterInstance, isAlive } from "./instances.ts";
import { withoutCaches } from "./list.ts";
import { snapshotMode } from "./mode.ts";
import { holdersOf, type Roster, readRoster, typicalMs } from "./roster.ts";

type Selection = Pick<Input<typeof startReload>["body"], "caches" | "table">;

export interface Plan {
  readonly preview: ReloadPreview;
  readonly roster: Roster;
}

export const previewReload: Service<typeof endpoint> = async ({ runtime }, { body }) =>
  (await makePlan(runtime, body)).preview;

/** @throws {ApiError} NOT_FOUND for a cache or table that nobody knows */
export async function makePlan(runtime: Runtime, selection: Selection): Promise<Plan> {
  const { connections, keyspace, reloads } = runtime;
  const [roster, receivers] = await Promise.all([
    readRoster(runtime),
    readReceivers({ connections, reader: reloads.reader, namespace: keyspace.nodeName }),
  ]);
  const caches = select(roster.caches, selection);
  const channels = [...new Set(caches.flatMap((cache) => cache.channels))];
  const counts = caches.map(({ cache }) => ({
    cache,
    holders: holdersOf(roster, cache).length,
    typicalMs: typicalMs(roster, cache),
    databaseLoads: databaseLoads(roster, cache),
  }));
  const danger = judge(caches, selection, mayHearForeign(roster, receivers, reloadKeys(keyspace).bell));
  const preview: ReloadPreview = {
    caches: counts,
    instances: roster.instances.filter(isAlive).map((instance) => expectationOf(instance, caches)),
    channels: channels.map((channel) => ({ channel, receivers: receivers?.get(channel) ?? null })),
    databaseLoads: counts.reduce((sum, cache) => sum + cache.databaseLoads, 0),
    mode: snapshotMode(roster),
    ...danger,
  };
  return { preview, roster };
}

function select(known: readonly KnownCache[], { caches, table }: Selection): KnownCache[] {
  if (caches === "all") return known.filter(({ cache }) => !NEVER_IN_ALL.has(cache));
  if (table !== undefined) {
    const found = known.filter(({ tables }) => tables.includes(table));
    if (found.length === 0) throw new ApiError("NOT_FOUND", `No cache depends on a table “${table}”.`);
    return found;
  }
  return (caches ?? []).map((name) => {
    const found = known.find(({ cache }) => cache === name);
    if (!found) throw new ApiError("NOT_FOUND", `No instance has a cache “${name}”.`);
    return found;
  });
}

/** Each holder asks the database once, unless one loads for all; a foreign server asks it too where it has no snapshots. */
function databaseLoads(roster: Roster, cache: string): number {
  const holders = holdersOf(roster, cache);
  const shared = holders.filter(({ caches }) => caches.get(cache)?.singleFlight === true);
  const foreign = roster.instances.filter((instance) => instance.kind === "foreign" && isAlive(instance));
  const own = holders.length - shared.length + Math.min(1, shared.length);
  return own + (snapshotMode(roster).foreign === "database" ? foreign.length : 0);
}

function expectationOf(instance: ClusterInstance, caches: readonly KnownCache[]): ReloadPreview["instances"][number] {
  const isMember = instance.kind === "member";
  return {
    ...withoutCaches(instance),
    caches: isMember ? caches.filter(({ cache }) => instance.caches.has(cache)).length : caches.length,
    expect: isMember ? "answer" : "confirm",
  };
}

/** Whether a server of the current kind may be among the receivers; where Redis does not say, one may. Only members
 * listen on our own channel, so who is beyond them on the others is no member. */
function mayHearForeign({ instances }: Roster, receivers: ReadonlyMap<string, number> | null, bell: string): boolean {
  if (receivers === null || instances.some((one) => one.kind === "foreign" && isAlive(one))) return true;
  return Math.max(0, ...receivers.values()) > (receivers.get(bell) ?? 0);
}

/** What is known to be destroyed, and who may do it all the same. */
function judge(
  caches: readonly KnownCache[],
  selection: Selection,
  foreign: boolean,
): Pick<ReloadPreview, "warnings" | "role" | "confirm"> {
  const named = caches.filter(({ warning }) => warning !== null);
  const dangers =
    selection.caches === "all"
      ? [{ warning: ALL_WARNING, deadly: false }]
      : named.map(({ cache, warning }) => ({ warning, deadly: NEVER_IN_ALL.has(cache) }));
  const warnings = dangers.map(({ warning, deadly }): ReloadPreview["warnings"][number] => ({
    level: deadly || foreign ? "bad" : "warn",
    sentence: `${warning}.`,
    cure: foreign
      ? "Servers of that kind may be listening now."
      : "None listens now: every subscriber is an instance that embeds the core.",
  }));
  const isDestructive = warnings.some(({ level }) => level === "bad");
  const role: Role = isDestructive ? "admin" : "operator";
  return { warnings, role, confirm: isDestructive ? wordOf(selection, named) : null };
}

/** What is typed to confirm: what is reloaded. */
function wordOf({ caches, table }: Selection, dangerous: readonly KnownCache[]): string {
  if (caches === "all") return "all";
  return table ?? dangerous.map(({ cache }) => cache).join(" ");
}
