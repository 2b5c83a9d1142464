// A job's log: read in pages, added to, emptied.

import type { addJobLog as addEndpoint, clearJobLogs as clearEndpoint } from "../../../contracts/queue-job-acts.ts";
import type { listJobLogs as listEndpoint } from "../../../contracts/queue-jobs.ts";
import type { Service } from "../../context.ts";
import { change, requireJob, requireQueue } from "../access.ts";
import { withBullmq } from "../refusal.ts";
import { jobParts } from "./jobs.ts";
import { present } from "./texts.ts";

export const listJobLogs: Service<typeof listEndpoint> = async (context, { params, query }) => {
  const { queue, id } = params;
  await requireQueue(context, queue);
  const { order, offset, limit } = query;
  const { connections, bullmq, mask } = jobParts(context);
  const isForward = order === "first";
  await requireJob(context, queue, id);
  return withBullmq(async () => {
    const { logs, count } = await connections.run(() =>
      bullmq.queue(queue).getJobLogs(id, offset, offset + limit - 1, isForward),
    );
    const lines = logs.map((line, at) => ({
      index: isForward ? offset + at : count - 1 - offset - at,
      line: present(Buffer.from(line), mask),
    }));
    return { lines, total: count, offset };
  });
};

export const addJobLog: Service<typeof addEndpoint> = async (context, { params, body }) => {
  const { queue, id } = params;
  const { bullmq } = context.runtime.queues;
  const about = { queue, action: "queues.add-log", job: id, reason: body.reason };
  const total = await change(context, about, () => bullmq.queue(queue).addJobLog(id, body.line));
  return { total };
};

export const clearJobLogs: Service<typeof clearEndpoint> = async (context, { params, body }) => {
  const { queue, id } = params;
  const { connections, queues } = context.runtime;
  const about = {
    queue,
    action: "queues.clear-logs",
    job: id,
    reason: body.reason,
    destructive: body,
  };
  await change(context, about, () => queues.bullmq.backend(queue).clearLogs(id, body.keep));
  return { total: await connections.run((client) => client.llen(`${queues.bullmq.key(queue, id)}:logs`)) };
};
