// The acts on many jobs of this process, over all queues.

import type { JobSelection, QueueAct } from "../../../contracts/queue-bulk.ts";
import type { Connections } from "../../../core/redis/connections.ts";
import { createMask } from "../../../explorer/mask.ts";
import { type BulkShelf, createBulkShelf } from "../../bulk-shelf.ts";
import type { Config } from "../../config.ts";
import type { Context } from "../../context.ts";
import type { Bullmq } from "../bullmq.ts";
import { QueueBulkJob } from "./job.ts";

export interface QueueBulk extends Pick<BulkShelf<QueueBulkJob>, "find" | "stop" | "close"> {
  /** Starts a dry run and returns at once. @throws {ApiError} RATE_LIMITED while too many are at work */
  plan(context: Context, queue: string, act: QueueAct, select: JobSelection | undefined): QueueBulkJob;
  run(
    context: Context,
    id: string,
    given: { confirm?: string | undefined; reason?: string | undefined },
  ): Promise<QueueBulkJob>;
}

interface Parts {
  readonly connections: Connections;
  readonly config: Pick<Config, "sensitiveFields" | "production">;
  readonly bullmq: Bullmq;
  readonly isReadOnly: (queue: string) => boolean;
  /** Told when something of the queue has changed. */
  readonly tell: (queue: string) => void;
}

export function createQueueBulk({ connections, config, bullmq, isReadOnly, tell }: Parts): QueueBulk {
  const shelf = createBulkShelf<QueueBulkJob>();
  const { sensitiveFields, production } = config;
  const parts = { connections, bullmq, isReadOnly, mask: createMask(sensitiveFields), production };
  return {
    find: shelf.find,
    stop: shelf.stop,
    close: shelf.close,
    plan(context, queue, act, select) {
      shelf.requireRoom();
      const job = new QueueBulkJob(parts, { by: context.actor.name, queue, act });
      shelf.put(job, job.plan(select));
      return job;
    },
    run: (context, id, given) => shelf.run(context, id, given, (job) => job.run(() => tell(job.queue))),
  };
}
