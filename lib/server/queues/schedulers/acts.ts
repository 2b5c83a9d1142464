// Creating, changing, running and removing schedulers.

import { hasLegacyRepeatableKeyShape } from "bullmq";
import {
  OVERWRITE_WARNING,
  type removeScheduler as removeEndpoint,
  type runScheduler as runEndpoint,
  type saveScheduler as saveEndpoint,
} from "../../../contracts/queue-schedulers.ts";
import { ApiError, type Context, type Service } from "../../context.ts";
import { change } from "../access.ts";
import { addRaw } from "../jobs/add.ts";
import { readState } from "../jobs/job.ts";
import { jobParts } from "../jobs/jobs.ts";
import { parseTemplateOptions } from "../jobs/options.ts";
import { invalid, parseJson } from "../json.ts";
import { withBullmq } from "../refusal.ts";
import { isLegacy, type RawScheduler, readScheduler, templateDataOf, templateOptionsOf } from "./hash.ts";
import { checkSchedule } from "./schedule.ts";
import { findScheduler } from "./schedulers.ts";

export const saveScheduler: Service<typeof saveEndpoint> = async (context, { params, body }) => {
  const { queue, id } = params;
  if (hasLegacyRepeatableKeyShape(id))
    throw invalid("id: BullMQ takes a name of this shape for a repeatable job of BullMQ 5");
  const repeat = checkSchedule(body.schedule);
  const given = {
    data: body.data === undefined ? undefined : parseJson(body.data, "data"),
    opts: body.options === undefined ? undefined : parseTemplateOptions(body.options),
  };
  const { queues } = context.runtime;
  const { bullmq } = queues;
  const about = { queue, action: "queues.save-scheduler", part: id, reason: body.reason };
  const undoId = await change(
    context,
    about,
    async () => {
      const before = await readScheduler(jobParts(context), queue, id);
      if (body.mode === "create" && before) throw new ApiError("CONFLICT", `There is a scheduler ${id} already.`);
      if (body.mode === "change") requireScheduler(before, id);
      const { data = templateDataOf(before?.hash ?? {}), opts = templateOptionsOf(before?.hash ?? {}) } = given;
      const kept = before === null ? null : await keepWayBack(context, before, false);
      try {
        await bullmq.queue(queue).upsertJobScheduler(id, repeat, { name: body.name, data, opts });
      } catch (error) {
        if (kept !== null) await queues.undo.drop(kept);
        throw error;
      }
      return kept;
    },
    () => JSON.stringify(body.schedule),
  );
  const scheduler = await withBullmq(() => findScheduler(context, queue, id));
  if (scheduler === null) throw new ApiError("CONFLICT", `The scheduler ${id} was removed at the same moment.`);
  return { scheduler, warning: OVERWRITE_WARNING, undoId };
};

export const runScheduler: Service<typeof runEndpoint> = async (context, { params, body }) => {
  const { queue, id } = params;
  const { connections, queues } = context.runtime;
  const { bullmq } = queues;
  const about = { queue, action: "queues.run-scheduler", part: id, reason: body.reason };
  const jobId = await change(
    context,
    about,
    async () => {
      const raw = await readScheduler(jobParts(context), queue, id);
      const { hash } = requireScheduler(raw, id);
      const opts = templateOptionsOf(hash);
      return addRaw(bullmq, queue, undefined, {
        name: hash.name ?? id,
        data: hash.data ?? "{}",
        timestamp: Date.now(),
        opts,
      });
    },
    (added) => added,
  );
  return { id: jobId, state: await connections.run(() => readState(bullmq, queue, jobId)) };
};

export const removeScheduler: Service<typeof removeEndpoint> = async (context, { params, body }) => {
  const { queue, id } = params;
  const { undo, bullmq } = context.runtime.queues;
  const about = {
    queue,
    action: "queues.remove-scheduler",
    part: id,
    reason: body.reason,
    destructive: body,
  };
  const undoId = await change(context, about, async () => {
    const raw = requireScheduler(await readScheduler(jobParts(context), queue, id), id);
    const kept = await keepWayBack(context, raw, true);
    const isGone = (await bullmq.backend(queue).removeJobScheduler(id)) !== 0;
    if (isGone && kept !== null) await undo.drop(kept);
    if (isGone) throw schedulerNotFound(id);
    return kept;
  });
  const undoBecause = undoId === null ? "It is larger than all that undo may keep (UNDO_MAX_BYTES)." : null;
  return { undoId, undoBecause, warning: OVERWRITE_WARNING };
};

/** One that can be changed. @throws {ApiError} NOT_FOUND, CONFLICT */
function requireScheduler(raw: RawScheduler | null, id: string): RawScheduler {
  if (raw === null) throw schedulerNotFound(id);
  if (isLegacy(raw))
    throw new ApiError("CONFLICT", "This is a repeatable job of BullMQ 5: BullMQ 6 shows it, but cannot change it.");
  return raw;
}

function schedulerNotFound(id: string): ApiError {
  return new ApiError("NOT_FOUND", `There is no scheduler “${id.slice(0, 80)}” in this queue (any more).`);
}

function keepWayBack(
  { actor, runtime }: Context,
  { queue, id, hash, nextAt }: RawScheduler,
  isGone: boolean,
): Promise<string | null> {
  const about = { kind: "scheduler" as const, queue, target: id, by: actor.name };
  return runtime.queues.undo.keep({ ...about, hash, dueAt: nextAt, isGone });
}
