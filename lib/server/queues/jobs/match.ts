// Whether a job is one that is looked for. What is masked cannot be found by its contents either: otherwise a search would
// tell a secret letter by letter.

import type { JobFilter } from "../../../contracts/queue-jobs.ts";
import type { Mask } from "../../../explorer/mask.ts";
import { fingerprintOfTitle, titleOf } from "../failures/fingerprint.ts";
import { invalid } from "../json.ts";
import type { JobParts } from "./fields.ts";
import { readJobs } from "./read-jobs.ts";

/** Finds those of these ids that match, in their order. */
export type Matcher = (ids: readonly string[]) => Promise<string[]>;

/** More of one job's data than this is not looked through … */
const MOST_DATA_BYTES = 4 * 1024 * 1024;
/** … and so much of all of them at a time. */
const MOST_AT_ONCE_BYTES = 8 * 1024 * 1024;

/**
 * null: every job matches.
 * @param onUnread hears how many of the jobs have too much data to be looked through
 * @throws {ApiError} INVALID_INPUT
 */
export function createMatcher(
  parts: JobParts,
  queue: string,
  filter: Partial<JobFilter>,
  onUnread: (count: number) => void,
): Matcher | null {
  const { text = "", in: where = "any", path } = filter;
  if (path?.split(".").some((name) => parts.mask.isSensitiveName(name)))
    throw invalid(`path: ${path} is masked, so it cannot be searched`);
  if (text === "" && path === undefined) return null;
  const wanted = text.toLowerCase();
  if (where === "id") return async (ids) => ids.filter((id) => id === text);
  const isInFields = (id: string, name: string | null, failedReason: string | null) =>
    (where === "any" && id.toLowerCase().includes(wanted)) ||
    (where !== "failure" && has(name, wanted, parts.mask)) ||
    (where !== "name" && has(failedReason, wanted, parts.mask));
  const looksAtData = path !== undefined || where === "data" || where === "any";
  const looksAtFields = path === undefined && where !== "data";

  return async (ids) => {
    const found = new Set<string>();
    if (looksAtFields) {
      const fields = await readJobs(parts, queue, ids, ["name", "failedReason"]);
      for (const [at, [name = null, reason = null]] of fields.entries())
        if (isInFields(ids[at]!, name, reason)) found.add(ids[at]!);
    }
    const rest = looksAtData ? ids.filter((id) => !found.has(id)) : [];
    for await (const [id, data] of dataOf(parts, queue, rest, onUnread))
      if (path === undefined ? has(data, wanted, parts.mask) : hasAt(data, path, wanted, parts.mask)) found.add(id);
    return ids.filter((id) => found.has(id));
  };
}

/** Matches failed jobs of one group. */
export function createGroupMatcher(parts: JobParts, queue: string, fingerprint: string): Matcher {
  return async (ids) => {
    const reasons = await readJobs(parts, queue, ids, ["failedReason"]);
    return ids.filter((_, at) => fingerprintOfTitle(titleOf(reasons[at]?.[0] ?? "", parts.mask)) === fingerprint);
  };
}

async function* dataOf(parts: JobParts, queue: string, ids: readonly string[], onUnread: (count: number) => void) {
  const sizes = await readJobs(parts, queue, ids, ["#data"]);
  const jobs = ids.map((id, at) => ({ id, bytes: Number(sizes[at]?.[0] ?? 0) }));
  const readable = jobs.filter(({ bytes }) => bytes <= MOST_DATA_BYTES);
  onUnread(jobs.length - readable.length);
  while (readable.length > 0) {
    const part = readable.splice(0, fitting(readable));
    const partIds = part.map(({ id }) => id);
    const data = await readJobs(parts, queue, partIds, ["data"]);
    for (const [at, id] of partIds.entries()) yield [id, data[at]?.[0] ?? null] as const;
  }
}

/** How many of the first jobs are read at a time: one at least. */
function fitting(jobs: readonly { bytes: number }[]): number {
  let bytes = 0;
  const tooMany = jobs.findIndex((job) => {
    bytes += job.bytes;
    return bytes > MOST_AT_ONCE_BYTES;
  });
  return tooMany < 0 ? jobs.length : Math.max(1, tooMany);
}

function has(text: string | null, wanted: string, mask: Mask): boolean {
  if (!text?.toLowerCase().includes(wanted)) return false;
  const shown = mask.text(text);
  return !shown.masked || shown.text.toLowerCase().includes(wanted);
}

function hasAt(data: string | null, path: string, wanted: string, mask: Mask): boolean {
  const value = valueAt(data, path);
  if (value === undefined) return false;
  return has(typeof value === "string" ? value : JSON.stringify(value), wanted, mask);
}

function valueAt(data: string | null, path: string): unknown {
  try {
    return path.split(".").reduce<unknown>(
      (value, name) => {
        const isHolder = typeof value === "object" && value !== null && Object.hasOwn(value, name);
        return isHolder ? (value as Record<string, unknown>)[name] : undefined;
      },
      JSON.parse(data ?? "null"),
    );
  } catch {
    return undefined;
  }
}
