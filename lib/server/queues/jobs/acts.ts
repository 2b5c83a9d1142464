// What can be done to one job. BullMQ's scripts do it; what they would do silently to a job in the wrong state is refused
// before.

import type { JobProgress } from "bullmq";
import type {
  updateJobData as dataEndpoint,
  changeJobDelay as delayEndpoint,
  failJob as failEndpoint,
  JobReply,
  moveJobToDelayed as moveEndpoint,
  changeJobPriority as priorityEndpoint,
  updateJobProgress as progressEndpoint,
  promoteJob as promoteEndpoint,
  retryJob as retryEndpoint,
} from "../../../contracts/queue-job-acts.ts";
import type { JobState } from "../../../contracts/queues.ts";
import { ApiError, type Context, type Service } from "../../context.ts";
import { change, jobNotFound, type QueueChange, requireJob } from "../access.ts";
import { invalid, parseJson } from "../json.ts";
import { withBullmq } from "../refusal.ts";
import { optionsOf, readFields } from "./fields.ts";
import { readState } from "./job.ts";
import { jobParts } from "./jobs.ts";
import { checkedNumber, delay, priority } from "./options.ts";
import { fingerprintOf, readText } from "./texts.ts";

interface Target {
  readonly queue: string;
  readonly id: string;
}

/** Does it on record, and answers where the job is now. */
async function act(
  context: Context,
  { queue, id }: Target,
  about: Pick<QueueChange, "action" | "reason" | "before">,
  work: () => Promise<unknown>,
): Promise<JobReply> {
  await change(context, { queue, job: id, ...about }, work);
  return { id, state: await stateOf(context, queue, id) };
}

function stateOf({ runtime }: Context, queue: string, id: string): Promise<JobState | "unknown"> {
  const { connections, queues } = runtime;
  return withBullmq(() => connections.run(() => readState(queues.bullmq, queue, id)));
}

/** @throws {ApiError} JOB_NOT_FOUND, JOB_STATE_CHANGED */
async function requireState<S extends JobState>(context: Context, target: Target, states: readonly S[]): Promise<S> {
  const { queue, id } = target;
  const state = await stateOf(context, queue, id);
  if (states.includes(state as S)) return state as S;
  await requireJob(context, queue, id);
  const where = state === "unknown" ? "in no state any more" : state;
  throw new ApiError("JOB_STATE_CHANGED", `Job ${id} is ${where}; this needs it ${states.join(" or ")}.`, { state });
}

/** An active job without a lock: its worker is gone, or will find its job taken. @throws {ApiError} JOB_LOCKED */
async function requireUnlockedActive(context: Context, target: Target): Promise<void> {
  await requireState(context, target, ["active"]);
  const { connections, queues } = context.runtime;
  const lock = `${queues.bullmq.key(target.queue, target.id)}:lock`;
  const remainingMs = await connections.run((client) => client.pttl(lock));
  if (remainingMs === -2) return;
  const until = remainingMs < 0 ? "" : ` for another ${Math.ceil(remainingMs / 1_000)} s unless it extends it`;
  throw new ApiError("JOB_LOCKED", `A worker holds job ${target.id}${until}. Wait until its lock is gone.`, {
    remainingMs,
  });
}

export const retryJob: Service<typeof retryEndpoint> = (context, { params, body }) => {
  const parts = jobParts(context);
  const { resetAttempts, from, reason } = body;
  return act(context, params, { action: "queues.retry", reason }, async () => {
    const state = await requireState(context, params, from ? [from] : (["failed", "completed"] as const));
    const opts = optionsOf(await readFields(parts, params.queue, params.id)) ?? {};
    const reset = resetAttempts ? { resetAttemptsMade: true, resetAttemptsStarted: true } : {};
    await parts.bullmq.job(params.queue, params.id, opts).retry(state, reset);
  });
};

export const promoteJob: Service<typeof promoteEndpoint> = (context, { params, body }) =>
  act(context, params, { action: "queues.promote", reason: body.reason }, async () => {
    await requireState(context, params, ["delayed"]);
    await context.runtime.queues.bullmq.backend(params.queue).promote(params.id);
  });

export const updateJobData: Service<typeof dataEndpoint> = async (context, { params, body }) => {
  const data = parseJson(body.data, "data");
  const { queue, id } = params;
  return act(
    context,
    params,
    { action: "queues.update-data", reason: body.reason, before: body.expected },
    async () => {
      const current = await readText(context, queue, id, "data");
      if (body.expected !== undefined && fingerprintOf(current) !== body.expected)
        throw new ApiError("CONFLICT", "The job's data changed since it was read.", {
          fingerprint: fingerprintOf(current),
        });
      await context.runtime.queues.bullmq.job(queue, id).updateData(data);
    },
  );
};

export const updateJobProgress: Service<typeof progressEndpoint> = async (context, { params, body }) => {
  const progress = parseJson(body.progress, "progress");
  if (progress === null || Array.isArray(progress))
    throw invalid("progress is a number, text, true or false, or an object");
  return act(context, params, { action: "queues.update-progress", reason: body.reason }, () =>
    context.runtime.queues.bullmq.queue(params.queue).updateJobProgress(params.id, progress as JobProgress),
  );
};

export const changeJobPriority: Service<typeof priorityEndpoint> = async (context, { params, body }) => {
  const wanted = checkedNumber(priority, body.priority, "priority");
  return act(context, params, { action: "queues.change-priority", reason: body.reason }, async () => {
    // In the list where BullMQ 5 keeps paused jobs, BullMQ 6 would note the priority and not move the job.
    await requireState(context, params, ["waiting", "prioritized", "delayed"]);
    await context.runtime.queues.bullmq.backend(params.queue).changePriority(params.id, wanted, body.lifo);
  });
};

export const changeJobDelay: Service<typeof delayEndpoint> = async (context, { params, body }) => {
  const delayMs = checkedNumber(delay, body.delayMs, "delayMs");
  return act(context, params, { action: "queues.change-delay", reason: body.reason }, async () => {
    await requireState(context, params, ["delayed"]);
    await context.runtime.queues.bullmq.backend(params.queue).changeDelay(params.id, delayMs);
  });
};

/** A token that BullMQ's scripts take for "whoever": asked for only when nobody holds the job. */
const NOBODY = "0";

export const moveJobToDelayed: Service<typeof moveEndpoint> = async (context, { params, body }) => {
  const delayMs = checkedNumber(delay, body.delayMs, "delayMs");
  return act(context, params, { action: "queues.move-to-delayed", reason: body.reason }, async () => {
    await requireUnlockedActive(context, params);
    const backend = context.runtime.queues.bullmq.backend(params.queue);
    await backend.moveToDelayed(params.id, Date.now(), delayMs, NOBODY, { skipAttempt: true });
  });
};

export const failJob: Service<typeof failEndpoint> = async (context, { params, body }) => {
  const { queue, id } = params;
  const parts = jobParts(context);
  return act(context, params, { action: "queues.fail", reason: body.reason }, async () => {
    await requireUnlockedActive(context, params);
    const fields = await readFields(parts, queue, id);
    if (fields.name === null) throw jobNotFound(id);
    const job = parts.bullmq.job(queue, id, optionsOf(fields) ?? {});
    const keep = job.opts.removeOnFail ?? false;
    await parts.bullmq
      .backend(queue)
      .moveToFailed(job, body.message, keep, NOBODY, false, { failedReason: body.message });
  });
};
