// Bringing back what was removed here.

import type {
  listQueueUndo as listEndpoint,
  undoQueueAct as undoEndpoint,
} from "../../../contracts/queue-schedulers.ts";
import { ApiError, type Context, type Service } from "../../context.ts";
import { change } from "../access.ts";
import { addRaw } from "../jobs/add.ts";
import { optionsOf } from "../jobs/fields.ts";
import { readState } from "../jobs/job.ts";
import { jobParts } from "../jobs/jobs.ts";
import { withBullmq } from "../refusal.ts";
import { readScheduler, templateDataOf, templateOptionsOf } from "../schedulers/hash.ts";
import type { Repeat } from "../schedulers/schedule.ts";
import type { UndoRecord } from "./undo-space.ts";

export const listQueueUndo: Service<typeof listEndpoint> = async ({ runtime }) => ({
  entries: await withBullmq(() => runtime.queues.undo.list()),
});

export const undoQueueAct: Service<typeof undoEndpoint> = async (context, { params, body }) => {
  const { undo } = context.runtime.queues;
  const record = await withBullmq(() => undo.find(params.id));
  if (record === null)
    throw new ApiError(
      "NOT_FOUND",
      "There is no such act to undo: its hour is over, it was undone, or it was dropped.",
    );
  const { queue, kind, target } = record;
  const about = { queue, action: "queues.undo", part: target, reason: body.reason };
  const state = await change(context, about, async () => {
    const restored = kind === "job" ? await restoreJob(context, record) : await restoreScheduler(context, record);
    await undo.drop(record.id);
    return restored;
  });
  return { queue, kind, target, state };
};

async function restoreJob({ runtime }: Context, { queue, target: id, hash, dueAt }: UndoRecord): Promise<string> {
  const { connections, queues } = runtime;
  const { bullmq } = queues;
  const exists = await connections.run((client) => client.exists(bullmq.key(queue, id)));
  if (exists === 1) throw new ApiError("CONFLICT", `There is a job ${id} again.`);
  const timestamp = Number(hash.timestamp ?? Date.now());
  // What was changed while it lived: when it is due, how urgent it is.
  const opts = {
    ...optionsOf({ opts: hash.opts ?? null }),
    ...(dueAt === null ? {} : { delay: Math.max(0, dueAt - timestamp) }),
    ...(Number(hash.priority ?? 0) > 0 ? { priority: Number(hash.priority) } : {}),
  };
  if (hash.parentKey) await requireWaitingParent(runtime, hash.parentKey);
  const added = await addRaw(bullmq, queue, id, {
    ...{ name: hash.name ?? "", data: hash.data ?? "{}", timestamp, opts },
    parentKey: hash.parentKey,
    parent: hash.parent === undefined ? undefined : JSON.parse(hash.parent),
    repeatJobKey: hash.rjk,
    deduplicationId: hash.deid,
  });
  if (added !== id) throw new ApiError("CONFLICT", `Job ${added} has taken its place by deduplication.`);
  return readState(bullmq, queue, id);
}

/** A parent that has gone on would wait for nothing. @throws {ApiError} CONFLICT */
async function requireWaitingParent({ queues }: Context["runtime"], parentKey: string): Promise<void> {
  const parent = queues.bullmq.parseJobKey(parentKey);
  const state = parent && (await readState(queues.bullmq, parent.queue, parent.id));
  if (state !== "waiting-children")
    throw new ApiError("CONFLICT", "Its parent no longer waits for children, so it cannot be brought back as one.");
}

async function restoreScheduler(context: Context, record: UndoRecord): Promise<string> {
  const { queue, target: id, hash, dueAt, isGone } = record;
  if (isGone && (await readScheduler(jobParts(context), queue, id)) !== null)
    throw new ApiError("CONFLICT", `There is a scheduler ${id} again.`);
  const number = (field: string) => (hash[field] === undefined ? undefined : Number(hash[field]));
  const every = number("every");
  // An interval begins with a run at once, unless it starts later: the run that was planned.
  const startDate = every !== undefined && dueAt !== null && dueAt > Date.now() ? dueAt : number("startDate");
  // BullMQ counts the runs of one that was gone anew: so many are left.
  const limit = number("limit");
  const left = limit !== undefined && isGone ? Math.max(1, limit - (number("ic") ?? 1) + 1) : limit;
  const repeat = {
    ...{ pattern: hash.pattern, every, tz: hash.tz || undefined, limit: left, endDate: number("endDate") },
    ...{ startDate, offset: every === undefined ? undefined : number("offset") },
  };
  const given = Object.fromEntries(Object.entries(repeat).filter(([, value]) => value !== undefined)) as Repeat;
  const opts = templateOptionsOf(hash);
  const data = templateDataOf(hash);
  await context.runtime.queues.bullmq.queue(queue).upsertJobScheduler(id, given, { name: hash.name ?? id, data, opts });
  return "scheduled";
}
