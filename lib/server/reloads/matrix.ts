// One reload: instances × caches, from the log, the answers and the heartbeats.

import type { getReload as endpoint, Reload } from "../../contracts/reloads.ts";
import type { LogEntry } from "../../core/reload/types.ts";
import { type EnfyraReload, readEnfyraReloads } from "../../explorer/enfyra-reloads.ts";
import { ApiError, type Service } from "../context.ts";
import { unlessRefused } from "../overview/redis-facts.ts";
import type { Runtime } from "../runtime.ts";
import { foreignCell, memberCell } from "./cells.ts";
import type { ClusterInstance } from "./instances.ts";
import { withoutCaches } from "./list.ts";
import { answerOf, type Roster, readRoster } from "./roster.ts";

/** Who was not heard for so long when the signal was sent was gone, not silent. */
const GONE_MS = 20_000;
/** A loader that has not returned by then has failed, unless it was registered otherwise. */
const USUAL_DEADLINE_MS = 30_000;

export const getReload: Service<typeof endpoint> = ({ runtime }, { params }) => readMatrix(runtime, params.id);

/** @throws {ApiError} NOT_FOUND when the log does not hold it (any more) */
export async function readMatrix(runtime: Runtime, id: string): Promise<Reload> {
  const entry = await runtime.reloads.reader.entry(id);
  if (!entry) throw new ApiError("NOT_FOUND", "There is no such reload in the log; it keeps about the last 10,000.");
  const roster = await readRoster(runtime);
  const foreign = roster.instances.some(({ kind }) => kind === "foreign");
  const confirmations = foreign ? await unlessRefused(readEnfyraReloads(runtime.connections, runtime.keyspace)) : [];
  const rows = roster.instances.map((instance) => ({
    instance,
    cells: cellsOf(runtime, roster, entry, instance, confirmations ?? []),
  }));
  const shown = rows.filter(({ cells }) => cells.length > 0);
  const cells = shown.flatMap((row) => row.cells);
  return {
    id: entry.id,
    asOf: roster.at,
    publishedAt: entry.at,
    deadlineAt: deadlineOf(runtime, entry, shown.length),
    caches: [...entry.caches],
    table: entry.table,
    reason: entry.reason,
    by: entry.by ?? entry.publisher.slice(0, 8),
    staggerMs: entry.staggerMs,
    instances: shown.map(({ instance }) => withoutCaches(instance)),
    cells,
    open: cells.some(({ state }) => state === "queued" || state === "rebuilding" || state === "silent"),
  };
}

function cellsOf(
  { reloads }: Runtime,
  roster: Roster,
  entry: LogEntry,
  instance: ClusterInstance,
  confirmations: readonly EnfyraReload[],
): Reload["cells"] {
  const { generation, at: publishedAt, publisher } = entry;
  const asked = { generation, publishedAt, now: roster.at };
  const wasThere = instance.seenAt >= publishedAt - GONE_MS;
  if (instance.kind === "foreign") {
    const known = roster.caches.filter(({ cache }) => entry.caches.includes(cache));
    // The publisher reloads first and tells afterwards, or the reverse; it does not hear itself.
    return instance.id === publisher || !wasThere
      ? []
      : known.map((cache) => foreignCell(asked, instance, cache, confirmations));
  }
  return entry.caches.flatMap((cache) => {
    const answer = reloads.watch.history.answer(generation, cache, instance.id);
    const latest = answerOf(roster, cache, instance.id);
    const own = latest?.generation === generation ? latest : answer;
    // Who came later was never asked, and loaded what was newest when it started.
    const wasAsked = wasThere && instance.caches.has(cache) && (instance.startedAt ?? 0) <= publishedAt;
    return own || wasAsked ? [memberCell(asked, instance, cache, { answer: own, latest })] : [];
  });
}

function deadlineOf({ reloads }: Runtime, entry: LogEntry, instances: number): number {
  const turns = Math.max(0, instances - 1) * entry.staggerMs;
  return reloads.deadlines.get(entry.id) ?? entry.at + turns + USUAL_DEADLINE_MS;
}
