// What one instance did about one cache of one reload, from its answers alone. PUBLISH returning a number proves nothing;
// who says nothing is silent, whether it is stopped, cut off or gone.

import type { ReloadCell } from "../../contracts/reloads.ts";
import type { Answer } from "../../core/reload/types.ts";
import type { EnfyraReload } from "../../explorer/enfyra-reloads.ts";
import type { ClusterInstance } from "./instances.ts";

/** A healthy instance says "queued" within 50 ms; who said nothing after so long is silent. */
const SILENT_AFTER_MS = 2_000;
/** Foreign servers date their reloads by their own clock. */
const CLOCK_TOLERANCE_MS = 1_000;

export interface Asked {
  readonly generation: number;
  /** ms of Redis' clock. */
  readonly publishedAt: number;
  readonly now: number;
}

interface Heard {
  /** Its answer about this very generation. */
  readonly answer: Answer | undefined;
  /** Its last answer about this cache, of whatever generation. */
  readonly latest: Answer | undefined;
}

/** @param instance a member that registered the cache, or answered about it */
export function memberCell(asked: Asked, instance: ClusterInstance, cache: string, heard: Heard): ReloadCell {
  const { generation, publishedAt } = asked;
  const { answer, latest } = heard;
  const cell = { instance: instance.id, cache, latencyMs: null, tookMs: null, message: null };
  if (answer?.state === "applied" || answer?.state === "failed") {
    const { state, at, tookMs, message } = answer;
    // A failed try is followed by others; a later generation that was applied settles it.
    if (state === "failed" && hasApplied(instance, cache, latest, generation + 1))
      return { ...cell, state: "superseded", since: latest?.at ?? at };
    return { ...cell, state, since: at, latencyMs: Math.max(0, at - publishedAt), tookMs, message };
  }
  if (hasApplied(instance, cache, latest, generation)) return settledElsewhere(asked, cell, instance, latest);
  return { ...cell, ...openState(asked, instance, answer) };
}

/** Whether it serves `generation` or a newer one, by its answer or by its own word. */
function hasApplied(
  { caches }: ClusterInstance,
  cache: string,
  latest: Answer | undefined,
  generation: number,
): boolean {
  if (latest?.state === "applied" && latest.generation >= generation) return true;
  return (caches.get(cache)?.generation ?? 0) >= generation;
}

/** Applied without an answer that we know: a newer reload took its place, or the answer was lost and the heartbeat tells. */
function settledElsewhere(
  { generation, publishedAt }: Asked,
  cell: Pick<ReloadCell, "instance" | "cache" | "latencyMs" | "tookMs" | "message">,
  { caches, seenAt }: ClusterInstance,
  latest: Answer | undefined,
): ReloadCell {
  const held = caches.get(cell.cache);
  const isNewer = (latest?.generation ?? held?.generation ?? 0) > generation;
  const since = Math.max(publishedAt, latest && latest.generation >= generation ? latest.at : seenAt);
  return isNewer
    ? { ...cell, state: "superseded", since }
    : { ...cell, state: "applied", since, tookMs: held?.tookMs ?? null };
}

function openState(
  { publishedAt, now }: Asked,
  { state, seenAt }: ClusterInstance,
  answer: Answer | undefined,
): Pick<ReloadCell, "state" | "since"> {
  const isBeating = state === "live" || state === "starting" || state === "draining";
  if (answer === undefined) {
    if (now - publishedAt < SILENT_AFTER_MS) return { state: "queued", since: publishedAt };
    return { state: "silent", since: publishedAt };
  }
  if (isBeating) return { state: answer.state === "rebuilding" ? "rebuilding" : "queued", since: answer.at };
  // It began, and was not heard of again.
  return { state: "silent", since: Math.max(answer.at, seenAt) };
}

/** A foreign server answers nobody; its own list tells, some moments later, what it reloaded. */
export function foreignCell(
  { publishedAt }: Asked,
  instance: Pick<ClusterInstance, "id">,
  { cache, tables }: { cache: string; tables: readonly string[] },
  reloads: readonly EnfyraReload[],
): ReloadCell {
  const cell = { instance: instance.id, cache, latencyMs: null, tookMs: null, message: null };
  const done = reloads.findLast(
    (reload) =>
      reload.instanceId === instance.id &&
      reload.completedAt >= publishedAt - CLOCK_TOLERANCE_MS &&
      concerns(reload, cache, tables),
  );
  if (done === undefined) return { ...cell, state: "delivered", since: publishedAt };
  const { completedAt, durationMs, ok, message } = done;
  return {
    ...cell,
    state: ok ? "confirmed" : "failed",
    since: completedAt,
    latencyMs: Math.max(0, completedAt - publishedAt),
    tookMs: durationMs,
    message,
  };
}

/** The same cache is `field-permission`, `fieldPermission` and `field_permission` in different places. */
function concerns({ table, flow, steps }: EnfyraReload, cache: string, tables: readonly string[]): boolean {
  if (table === "__admin_reload_all" || flow === "all") return true;
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z]/g, "");
  const named = [...steps, flow ?? ""].map(plain);
  return named.includes(plain(cache)) || (table !== null && tables.includes(table));
}
