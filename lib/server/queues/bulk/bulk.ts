// Acts on many jobs: plan, look, run, stop.

import { allows } from "../../../contracts/endpoint.ts";
import type {
  getQueueBulk as getEndpoint,
  planJobsAct as planActEndpoint,
  planRemoval as planRemovalEndpoint,
  runQueueBulk as runEndpoint,
  stopQueueBulk as stopEndpoint,
} from "../../../contracts/queue-bulk.ts";
import { ApiError, type Context, type Service } from "../../context.ts";
import { refuseReadOnly, requireWritable } from "../access.ts";
import type { QueueBulkJob } from "./job.ts";

export const planJobsAct: Service<typeof planActEndpoint> = async (context, { params, body }) => {
  await requireWritable(context, params.queue);
  return context.runtime.queues.bulk.plan(context, params.queue, body.act, body.select).state;
};

export const planRemoval: Service<typeof planRemovalEndpoint> = async (context, { params, body }) => {
  await requireWritable(context, params.queue);
  const needsSelection = body.act.kind === "remove";
  if (needsSelection !== (body.select !== undefined))
    throw new ApiError("INVALID_INPUT", needsSelection ? "select: say which jobs" : "select: only for act.kind remove");
  return context.runtime.queues.bulk.plan(context, params.queue, body.act, body.select).state;
};

export const getQueueBulk: Service<typeof getEndpoint> = async ({ runtime }, { params }) =>
  runtime.queues.bulk.find(params.id).state;

export const runQueueBulk: Service<typeof runEndpoint> = async (context, { params, body }) => {
  const { bulk } = context.runtime.queues;
  const planned = bulk.find(params.id);
  requireRole(context, planned);
  refuseReadOnly(context, planned.queue);
  return (await bulk.run(context, params.id, body)).state;
};

/** The role may have changed since the plan. */
function requireRole({ actor }: Context, { act }: QueueBulkJob): void {
  const needed = act.kind === "retry" || act.kind === "promote" ? "operator" : "admin";
  if (!allows(actor.role, needed)) throw new ApiError("FORBIDDEN", `This needs the role ${needed}.`);
}

export const stopQueueBulk: Service<typeof stopEndpoint> = async (context, { params }) =>
  context.runtime.queues.bulk.stop(context, params.id).state;
