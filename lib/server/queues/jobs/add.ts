// Adding jobs: a new one, the same again, and one that was removed.

import type { JobJson, JobsOptions } from "bullmq";
import type { addJob as addEndpoint, duplicateJob as duplicateEndpoint } from "../../../contracts/queue-job-acts.ts";
import { ApiError, type Context, type Service } from "../../context.ts";
import { change, jobNotFound, requireJob } from "../access.ts";
import type { Bullmq } from "../bullmq.ts";
import { invalid, parseJson } from "../json.ts";
import { optionsOf } from "./fields.ts";
import { readState } from "./job.ts";
import { jobParts } from "./jobs.ts";
import { parseJobOptions } from "./options.ts";
import { whyNotOurs } from "./removable.ts";

export const addJob: Service<typeof addEndpoint> = async (context, { params, body }) => {
  const { queue } = params;
  const { connections, queues } = context.runtime;
  const { bullmq } = queues;
  const data = parseJson(body.data, "data");
  const options = parseJobOptions(body.options, bullmq.prefix);
  const about = { queue, action: "queues.add", part: body.name, reason: body.reason };
  const id = await change(
    context,
    about,
    async () => {
      await requireFreeId(context, queue, options.jobId);
      await requireOwnParent(context, options.parent);
      const last = Number(await connections.run((client) => client.get(bullmq.key(queue, "id"))));
      const added = String((await bullmq.queue(queue).add(body.name, data, options)).id);
      const isNew = options.jobId === undefined ? Number(added) > last : added === options.jobId;
      if (options.deduplication && !isNew)
        throw new ApiError("CONFLICT", `Job ${added} stands for it by deduplication, so none was added.`);
      return added;
    },
    (added) => added,
  );
  return { id, state: await connections.run(() => readState(bullmq, queue, id)) };
};

/** BullMQ adds no second job of an id, and would take a key of the queue for one. @throws {ApiError} */
async function requireFreeId({ runtime }: Context, queue: string, id: string | undefined): Promise<void> {
  if (id === undefined) return;
  const { connections, queues } = runtime;
  if (queues.bullmq.isReserved(id))
    throw invalid(`options.jobId: BullMQ keeps something else of the queue under ${id}`);
  const exists = await connections.run((client) => client.exists(queues.bullmq.key(queue, id)));
  if (exists === 1) throw new ApiError("CONFLICT", `There is a job ${id} already; BullMQ adds no second.`);
}

/** The parent then waits for one more. @throws {ApiError} JOB_NOT_FOUND, READ_ONLY_QUEUE */
async function requireOwnParent(context: Context, parent: JobsOptions["parent"]): Promise<void> {
  if (parent === undefined) return;
  const parts = jobParts(context);
  const key = `${parent.queue}:${parent.id}`;
  const objection = whyNotOurs(parts, key, "Its parent");
  if (objection) throw objection;
  const link = parts.bullmq.parseJobKey(key)!;
  await requireJob(context, link.queue, link.id);
}

/** What belongs to one job alone, and not to another like it. */
const OWN_OPTIONS = [
  "jobId",
  "parent",
  "repeat",
  "repeatJobKey",
  "prevMillis",
  "timestamp",
  "deduplication",
  "debounce",
];

export const duplicateJob: Service<typeof duplicateEndpoint> = async (context, { params, body }) => {
  const { queue, id } = params;
  const { connections, queues } = context.runtime;
  const { bullmq } = queues;
  const about = { queue, action: "queues.duplicate", job: id, reason: body.reason };
  const added = await change(
    context,
    about,
    async () => {
      const hash = await connections.run((client) => client.hgetall(bullmq.key(queue, id)));
      if (hash.name === undefined) throw jobNotFound(id);
      const options = Object.entries(optionsOf({ opts: hash.opts ?? null }) ?? {});
      const kept = Object.fromEntries(options.filter(([name]) => !OWN_OPTIONS.includes(name)));
      return addRaw(bullmq, queue, undefined, {
        name: hash.name,
        data: hash.data ?? "{}",
        timestamp: Date.now(),
        opts: kept,
      });
    },
    (newId) => newId,
  );
  return { id: added, state: await connections.run(() => readState(bullmq, queue, added)) };
};

export interface RawJob {
  readonly name: string;
  /** As it lies in Redis: reading and writing it would change large numbers. */
  readonly data: string;
  readonly timestamp: number;
  readonly opts: Record<string, unknown>;
  readonly parentKey?: string | undefined;
  readonly parent?: unknown;
  readonly repeatJobKey?: string | undefined;
  readonly deduplicationId?: string | undefined;
}

/** Adds a job by BullMQ's script, data untouched, also under an id that its API would not take for a new job. */
export function addRaw(bullmq: Bullmq, queue: string, id: string | undefined, job: RawJob): Promise<string> {
  const { parentKey } = job;
  // An id left out means "the next one"; of the rest the script that adds reads nothing.
  const nothingYet = { progress: 0, attemptsMade: 0, attemptsStarted: 0, stalledCounter: 0 };
  const json = { ...nothingYet, failedReason: "", returnvalue: "", ...job, id: id as string } as JobJson;
  return bullmq.backend(queue).addJob(json, id as string, {
    ...(parentKey ? { parentKey, parentDependenciesKey: `${parentKey}:dependencies` } : {}),
  });
}
