// The ways to unblock a parent that waits: remove what has not been processed, or cut a child loose.

import type {
  removeChildDependency as cutEndpoint,
  removeUnprocessedChildren as removeEndpoint,
} from "../../../contracts/queue-flows.ts";
import { ApiError, type Service } from "../../context.ts";
import { change } from "../access.ts";
import { readFields } from "../jobs/fields.ts";
import { readState } from "../jobs/job.ts";
import { jobParts } from "../jobs/jobs.ts";
import { requireOwnDescendants, whyNotOurs } from "../jobs/removable.ts";
import { readDependencyCounts } from "./flows.ts";

export const removeUnprocessedChildren: Service<typeof removeEndpoint> = async (context, { params, body }) => {
  const { queue, id } = params;
  const { connections, queues } = context.runtime;
  const about = {
    queue,
    action: "queues.remove-children",
    job: id,
    reason: body.reason,
    destructive: body,
  };
  const [before, after] = await change(
    context,
    about,
    async () => {
      await requireOwnDescendants(jobParts(context), params, ["unprocessed"]);
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

export const removeChildDependency: Service<typeof cutEndpoint> = async (context, { params, body }) => {
  const { queue, id } = params;
  const parts = jobParts(context);
  const { bullmq, connections } = parts;
  const about = { queue, action: "queues.remove-dependency", job: id, reason: body.reason };
  const parent = await change(context, about, async () => {
    const { parentKey } = await readFields(parts, queue, id);
    if (!parentKey) throw new ApiError("JOB_STATE_CHANGED", `No job waits for job ${id}.`);
    const objection = whyNotOurs(parts, parentKey, "Its parent");
    if (objection) throw objection;
    if (!(await bullmq.backend(queue).removeChildDependency(id, parentKey)))
      throw new ApiError("JOB_STATE_CHANGED", `Its parent no longer waits for job ${id}.`);
    return bullmq.parseJobKey(parentKey);
  });
  if (parent) context.runtime.queues.keeper.changed(parent.queue);
  return { id, state: await connections.run(() => readState(bullmq, queue, id)) };
};
