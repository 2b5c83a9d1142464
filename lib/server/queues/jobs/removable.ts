// What BullMQ would remove, and must not from here. The next run of a repeatable job that BullMQ 5 left: without it the
// schedule never fires again, and BullMQ protects only those of its own schedulers. And what is not ours: jobs of a flow
// know each other by their keys, wherever they are, and BullMQ follows them. It removes children of children, and sets a
// parent going whose last child is gone.

import { DEPENDENCY_KINDS, type DependencyKind } from "../../../contracts/queue-flows.ts";
import type { JobLink } from "../../../contracts/queue-jobs.ts";
import type { JobState } from "../../../contracts/queues.ts";
import { ApiError } from "../../context.ts";
import { jobNotFound } from "../access.ts";
import { childKeys } from "../flows/flows.ts";
import type { JobParts } from "./fields.ts";
import { readJobs } from "./read-jobs.ts";

type Parts = Pick<JobParts, "connections" | "bullmq" | "isReadOnly">;

const FIELDS = ["timestamp", "rjk", "parentKey", "@completed", "@failed"] as const;
const MOST_DESCENDANTS = 10_000;

/**
 * Per job why it stays; null: it may go.
 * @param plannedIn where it lay when its removal was decided: since then it may have been retried, or have ended
 */
export async function whyNotRemovable(
  parts: Parts,
  queue: string,
  ids: readonly string[],
  plannedIn?: (id: string) => JobState | null,
): Promise<(ApiError | null)[]> {
  const jobs = await readJobs(parts, queue, ids, FIELDS);
  return Promise.all(
    jobs.map(async ([timestamp, scheduler, parentKey, completed, failed], at) => {
      const id = ids[at]!;
      if (timestamp == null) return jobNotFound(id);
      const end = endOf(completed != null ? "completed" : failed != null ? "failed" : null);
      if (plannedIn && end !== endOf(plannedIn(id))) return stateChanged();
      if (scheduler && end === null && (await isNextRun(parts, queue, id, scheduler))) return nextRun();
      // Of a completed child its parent has been told already.
      return parentKey && end !== "completed" ? whyNotOurs(parts, parentKey, "Its parent") : null;
    }),
  );
}

/** How a job ended; null while it has not. */
function endOf(state: JobState | null): "completed" | "failed" | null {
  return state === "completed" || state === "failed" ? state : null;
}

function stateChanged(): ApiError {
  return new ApiError("JOB_STATE_CHANGED", "It is in another state by now.");
}

async function isNextRun({ connections, bullmq }: Parts, queue: string, id: string, scheduler: string) {
  const next = await connections.run((client) => client.zscore(bullmq.key(queue, "repeat"), scheduler));
  return next !== null && id.startsWith("repeat:") && id.endsWith(`:${next}`);
}

function nextRun(): ApiError {
  return new ApiError("CONFLICT", "It is the next run of a scheduler, which would never fire again without it.");
}

/**
 * All children of a job, and theirs, may be removed.
 * @throws {ApiError} CONFLICT, READ_ONLY_QUEUE
 */
export async function requireOwnDescendants(
  parts: Parts,
  job: { readonly queue: string; readonly id: string },
  kinds: readonly DependencyKind[] = DEPENDENCY_KINDS,
): Promise<void> {
  let left = MOST_DESCENDANTS;
  for (let generation: JobLink[] = [{ ...job, isForeign: false }]; generation.length > 0; ) {
    const room = left;
    const keys = await Promise.all(generation.flatMap((one) => kinds.map((kind) => keysOf(parts, one, kind, room))));
    left -= keys.flat().length;
    if (left < 0) throw new ApiError("CONFLICT", `This job has more than ${MOST_DESCENDANTS} children.`);
    generation = keys.flat().map((key) => requireOurs(parts, key));
  }
}

function keysOf(parts: Parts, { queue, id }: JobLink, kind: DependencyKind, most: number): Promise<string[]> {
  return childKeys(parts, queue!, id!, kind, { start: 0, end: most });
}

function requireOurs(parts: Parts, key: string): JobLink {
  const objection = whyNotOurs(parts, key, "One of its children");
  if (objection) throw objection;
  return { ...parts.bullmq.parseJobKey(key)!, isForeign: false };
}

/** Why a job of this key may not be touched from here, as neither its parent nor its child. */
export function whyNotOurs({ bullmq, isReadOnly }: Parts, key: string, who: string): ApiError | null {
  const link = bullmq.parseJobKey(key);
  if (link === null) return new ApiError("CONFLICT", `${who} is under another prefix.`);
  return isReadOnly(link.queue)
    ? new ApiError("READ_ONLY_QUEUE", `${who} is in “${link.queue}”, which is read-only here (READ_ONLY_QUEUES).`)
    : null;
}
