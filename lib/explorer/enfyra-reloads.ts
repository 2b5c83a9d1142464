// What foreign Enfyra servers say of their own reloads: a list in Redis, newest first, one record per instance and reload.
// They do not know our log and never answer it; this is the only sign that one of them obeyed. Whatever is not shaped as
// expected is left out: the list belongs to another program.

import type { Keyspace } from "../core/keyspace.ts";
import type { Connections } from "../core/redis/connections.ts";

/** One reload of one foreign instance. Times are ms of that instance's own clock. */
export interface EnfyraReload {
  readonly instanceId: string;
  /** The table whose signal it followed; `__admin_reload_all` for everything. */
  readonly table: string | null;
  readonly flow: string | null;
  readonly ok: boolean;
  readonly durationMs: number | null;
  readonly completedAt: number;
  /** Names of the steps it went through, in its own words. */
  readonly steps: readonly string[];
  readonly message: string | null;
}

/** The writer keeps 20; a longer list was written by somebody else. */
const MOST = 50;
const MAX_TEXT = 500;

/** Name of the list. */
export function enfyraReloadList(keyspace: Keyspace): string {
  return `${keyspace.systemPrefix}runtime-monitor:cache-reloads`;
}

/** Newest first. @throws {StoreUnavailable} {StorePermission} */
export async function readEnfyraReloads(
  connections: Pick<Connections, "call">,
  keyspace: Keyspace,
): Promise<EnfyraReload[]> {
  const records = await connections.call("LRANGE", enfyraReloadList(keyspace), 0, MOST - 1).catch((error: unknown) => {
    // Somebody may have put another type there; that says nothing about reloads.
    if (error instanceof Error && error.message.startsWith("WRONGTYPE")) return [];
    throw error;
  });
  return (records as string[]).flatMap(parse);
}

function parse(text: string): EnfyraReload[] {
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return [];
  }
  if (typeof record !== "object" || record === null) return [];
  const completedAt = timeOf(record.completedAt) ?? timeOf(record.startedAt);
  if (typeof record.instanceId !== "string" || completedAt === null) return [];
  const { status, durationMs } = record;
  return [
    {
      instanceId: record.instanceId.slice(0, 64),
      table: textOf(record.table),
      flow: textOf(record.flow),
      ok: status !== "failed" && status !== "error",
      durationMs: typeof durationMs === "number" && durationMs >= 0 ? Math.round(durationMs) : null,
      completedAt,
      steps: stepsOf(record.steps),
      message: textOf(record.error),
    },
  ];
}

function stepsOf(steps: unknown): string[] {
  if (!Array.isArray(steps)) return [];
  return steps.slice(0, MOST).flatMap((step: { name?: unknown } | null) => textOf(step?.name) ?? []);
}

/** Versions differ in whether they write ms or an ISO date. */
function timeOf(value: unknown): number | null {
  const ms = typeof value === "number" ? value : typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isFinite(ms) ? Math.round(ms) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, MAX_TEXT) : null;
}
