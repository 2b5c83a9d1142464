// What every service of the noun begins with: that the queue exists, and the job, that it may be changed, and that the
// change is on record.

import type { QueueRow } from "../../contracts/queues.ts";
import { ApiError, type Context } from "../context.ts";
import { requireConfirmation } from "../keys/policy.ts";
import { queueOfMeta } from "./list/discovery.ts";
import { isWrongType, withBullmq } from "./refusal.ts";

/** The queue's figures. @throws {ApiError} QUEUE_NOT_FOUND */
export async function requireQueue({ runtime }: Context, queue: string): Promise<QueueRow> {
  const { keyspace, queues } = runtime;
  // What other subsystems of the namespace keep beside the queues (`user_cache`, `session`) is none, whatever its keys say.
  const isName = queueOfMeta(keyspace, Buffer.from(queues.bullmq.key(queue, "meta"))) === queue;
  const row = isName ? await withBullmq(() => queues.keeper.read(queue)) : null;
  if (row === null) throw queueNotFound(queue);
  return row;
}

/**
 * A job is a hash that says when it was added. Its id alone proves nothing: `meta`, or `repeat:nightly`, names a key of the
 * queue as well, and BullMQ's scripts would take that for a job, and remove it.
 * @throws {ApiError} JOB_NOT_FOUND
 */
export async function requireJob({ runtime }: Context, queue: string, id: string): Promise<void> {
  const { connections, queues } = runtime;
  const addedAt = await withBullmq(() =>
    connections
      .run((client) => client.hget(queues.bullmq.key(queue, id), "timestamp"))
      .catch((error: unknown) => {
        if (isWrongType(error)) return null;
        throw error;
      }),
  );
  if (addedAt === null) throw jobNotFound(id);
}

export function queueNotFound(queue: string): ApiError {
  return new ApiError("QUEUE_NOT_FOUND", `There is no queue ${show(queue)} under this prefix.`);
}

export function jobNotFound(id: string): ApiError {
  return new ApiError("JOB_NOT_FOUND", `There is no job ${show(id)} in this queue (any more).`);
}

/** @throws {ApiError} READ_ONLY_QUEUE, QUEUE_NOT_FOUND */
export async function requireWritable(context: Context, queue: string): Promise<QueueRow> {
  refuseReadOnly(context, queue);
  return requireQueue(context, queue);
}

export function refuseReadOnly({ runtime }: Context, queue: string): void {
  if (runtime.queues.isReadOnly(queue))
    throw new ApiError("READ_ONLY_QUEUE", `The queue ${show(queue)} is read-only here (READ_ONLY_QUEUES).`);
}

/** What has to be typed before something that cannot be taken back; null outside production. */
export function confirmText({ runtime }: Pick<Context, "runtime">, name: string): string | null {
  return runtime.config.production ? name : null;
}

export interface QueueChange {
  readonly queue: string;
  /** `queues.pause`, `queues.retry`, … */
  readonly action: string;
  /** The job it is done to. */
  readonly job?: string;
  /** What else of the queue: a scheduler, the name of a job to be. */
  readonly part?: string;
  readonly reason?: string | undefined;
  readonly before?: string | undefined;
  /** Of an act that cannot be taken back: what was typed. In production that is the name of what it is done to. */
  readonly destructive?: { readonly confirm?: string | undefined };
}

/**
 * Does something to a queue, on record, and tells every browser.
 * @throws {ApiError} READ_ONLY_QUEUE, QUEUE_NOT_FOUND, JOB_NOT_FOUND, or what BullMQ refuses
 */
export async function change<T>(
  context: Context,
  { queue, action, job, part = job, reason, before, destructive }: QueueChange,
  work: () => Promise<T>,
  after?: (result: T) => string,
): Promise<T> {
  const { audit, connections, queues } = context.runtime;
  await requireWritable(context, queue);
  if (job !== undefined) await requireJob(context, queue, job);
  if (destructive) requireConfirmation(confirmText(context, part ?? queue), destructive.confirm);
  const target = part === undefined ? queue : `${queue} · ${part}`;
  try {
    return await audit.act(context, { action, target, reason, before }, async () => {
      const result = await withBullmq(() => connections.run(work));
      return after === undefined ? { result } : { result, after: after(result) };
    });
  } finally {
    queues.keeper.changed(queue);
  }
}

function show(name: string): string {
  return `“${name.length > 80 ? `${name.slice(0, 80)}…` : name}”`;
}
