// Removing one job, with a way back where BullMQ has one.

import type { removeJob as endpoint } from "../../../contracts/queue-job-acts.ts";
import { ApiError, type Context, type Service } from "../../context.ts";
import { change, jobNotFound } from "../access.ts";
import { readDue } from "./fields.ts";
import { jobParts } from "./jobs.ts";
import { requireOwnDescendants, whyNotRemovable } from "./removable.ts";

interface Way {
  readonly undoId: string | null;
  readonly undoBecause: string | null;
}

export const removeJob: Service<typeof endpoint> = async (context, { params, body }) => {
  const { queue, id } = params;
  const { queues } = context.runtime;
  const about = {
    queue,
    action: "queues.remove",
    job: id,
    reason: body.reason,
    destructive: body,
  };
  return change(context, about, async () => {
    const [objection] = await whyNotRemovable(jobParts(context), queue, [id]);
    if (objection) throw objection;
    if (body.withChildren) await requireOwnDescendants(jobParts(context), params);
    const way = await keepWayBack(context, queue, id);
    try {
      const removed = await queues.bullmq.backend(queue).remove(id, body.withChildren);
      if (removed === 0)
        throw new ApiError("JOB_LOCKED", `Job ${id} (or one of its children) is locked by a worker and stays.`);
      return way;
    } catch (error) {
      if (way.undoId !== null) await queues.undo.drop(way.undoId);
      throw error;
    }
  });
};

async function keepWayBack(context: Context, queue: string, id: string): Promise<Way> {
  const { actor, runtime } = context;
  const { connections, queues } = runtime;
  const { bullmq } = queues;
  const [hash, children, dueAt] = await connections.run((client) =>
    Promise.all([
      client.hgetall(bullmq.key(queue, id)),
      bullmq.backend(queue).getDependencyCounts(id, ["processed", "unprocessed", "ignored", "failed"]),
      readDue(jobParts(context), queue, id),
    ]),
  );
  if (Object.keys(hash).length === 0) throw jobNotFound(id);
  if (children.some((count) => Number(count) > 0))
    return { undoId: null, undoBecause: "A flow's parent cannot be brought back together with its children." };
  const undoId = await queues.undo.keep({ kind: "job", queue, target: id, by: actor.name, hash, dueAt, isGone: true });
  return { undoId, undoBecause: undoId === null ? "It is larger than all that undo may keep (UNDO_MAX_BYTES)." : null };
}
