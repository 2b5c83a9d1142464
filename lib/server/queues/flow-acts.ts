// The ways to unblock a parent that waits: remove what has not been processed, or cut a child loose.

import {
  type removeChildDependency as cutEndpoint,
  DEPENDENCY_KINDS,
  type DependencyKind,
  type removeUnprocessedChildren as removeEndpoint,
} from "../../contracts/queue-flows.ts";
import { ApiError, type Context, type Service } from "../context.ts";
import { change, jobNotFound, refuseReadOnly } from "./access.ts";
import { childKeys, readDependencyCounts } from "./flows.ts";
import { readState } from "./job.ts";
import { readFields } from "./job-fields.ts";
import { requireJob } from "./job-logs.ts";
import { jobParts } from "./jobs.ts";

export const removeUnprocessedChildren: Service<typeof removeEndpoint> = async (context, { params, body }) => {
  const { queue, id } = params;
  const { connections, queues } = context.runtime;
  const about = {
    queue,
    action: "queues.remove-children",
    part: id,
    reason: body.reason,
    typed: { name: id, confirm: body.confirm },
  };
  const [before, after] = await change(
    context,
    about,
    async () => {
      await requireJob(context, queue, id);
      await requireOwnChildren(context, queue, id, ["unprocessed"]);
      const unprocessed = async () => (await readDependencyCounts(context, queue, id)).unprocessed;
      const had = await unprocessed();
      await queues.bullmq.backend(queue).removeUnprocessedChildren(id);
      return [had, await unprocessed()] as const;
    },
    ([had, has]) => `${had - has} removed, ${has} left`,
  );
  const state = await connections.run(() => readState(queues.bullmq, queue, id));
  return { id, state, removed: before - after, left: after };
};

const MOST_CHILDREN = 10_000;

/**
 * BullMQ removes children wherever they are; from here nothing is done under another prefix, or in a read-only queue.
 * @throws {ApiError} CONFLICT, READ_ONLY_QUEUE
 */
export async function requireOwnChildren(
  context: Context,
  queue: string,
  id: string,
  kinds: readonly DependencyKind[] = DEPENDENCY_KINDS,
): Promise<void> {
  const { bullmq } = jobParts(context);
  for (const kind of kinds) {
    const keys = await childKeys(context, queue, id, kind, { start: 0, end: MOST_CHILDREN });
    if (keys.length > MOST_CHILDREN)
      throw new ApiError("CONFLICT", `This job has more than ${MOST_CHILDREN} children.`);
    const links = keys.map((key) => bullmq.parseJobKey(key));
    if (links.includes(null)) throw new ApiError("CONFLICT", "Some of its children are under another prefix.");
    for (const child of new Set(links.map((link) => link!.queue))) refuseReadOnly(context, child);
  }
}

export const removeChildDependency: Service<typeof cutEndpoint> = async (context, { params, body }) => {
  const { queue, id } = params;
  const parts = jobParts(context);
  const { bullmq, connections } = parts;
  const about = { queue, action: "queues.remove-dependency", part: id, reason: body.reason };
  const parent = await change(context, about, async () => {
    const { name, parentKey } = await readFields(parts, queue, id);
    if (name === null) throw jobNotFound(id);
    if (!parentKey) throw new ApiError("JOB_STATE_CHANGED", `No job waits for job ${id}.`);
    const link = bullmq.parseJobKey(parentKey);
    if (link === null) throw new ApiError("CONFLICT", "Its parent is under another prefix.");
    refuseReadOnly(context, link.queue);
    if (!(await bullmq.backend(queue).removeChildDependency(id, parentKey)))
      throw new ApiError("JOB_STATE_CHANGED", `Its parent no longer waits for job ${id}.`);
    return link;
  });
  context.runtime.queues.keeper.changed(parent.queue);
  return { id, state: await connections.run(() => readState(bullmq, queue, id)) };
};
