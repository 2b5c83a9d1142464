// What holds for a whole queue: pause, concurrency, rate limit, the length of its event stream.

import { ERROR_STATUS } from "../../contracts/errors.ts";
import type {
  getQueueRateLimit as getRateLimitEndpoint,
  resetQueueRateLimit as resetRateLimitEndpoint,
  setQueueConcurrency as setConcurrencyEndpoint,
  setQueueRateLimit as setRateLimitEndpoint,
  trimQueueEvents as trimEventsEndpoint,
} from "../../contracts/queue-settings.ts";
import type {
  pauseQueue as pauseEndpoint,
  pauseQueues as pauseManyEndpoint,
  resumeQueue as resumeEndpoint,
} from "../../contracts/queues.ts";
import { ApiError, type Service } from "../context.ts";
import { change, requireQueue } from "./access.ts";
import { withBullmq } from "./refusal.ts";

export const pauseQueue: Service<typeof pauseEndpoint> = async (context, { params, body }) => {
  const { queue } = params;
  const { bullmq } = context.runtime.queues;
  await change(context, { queue, action: "queues.pause", reason: body.reason }, () => bullmq.queue(queue).pause());
  return requireQueue(context, queue);
};

export const resumeQueue: Service<typeof resumeEndpoint> = async (context, { params, body }) => {
  const { queue } = params;
  const { bullmq } = context.runtime.queues;
  await change(context, { queue, action: "queues.resume", reason: body.reason }, () => bullmq.queue(queue).resume());
  return requireQueue(context, queue);
};

export const pauseQueues: Service<typeof pauseManyEndpoint> = async (context, { body }) => {
  const { paused, reason } = body;
  const { bullmq, keeper } = context.runtime.queues;
  const names = body.queues === "all" ? await withBullmq(() => keeper.names()) : [...new Set(body.queues)];
  const action = paused ? "queues.pause" : "queues.resume";
  const results = [];
  for (const queue of names) {
    const one = bullmq.queue(queue);
    const because = await change(context, { queue, action, reason }, () => (paused ? one.pause() : one.resume())).then(
      () => null,
      whyNot,
    );
    results.push({ queue, done: because === null, because });
  }
  return { results };
};

/** Of one queue it is told; what stands in the way of all ends it. */
function whyNot(error: unknown): string {
  if (error instanceof ApiError && ERROR_STATUS[error.code] < 500) return error.message;
  throw error;
}

export const setQueueConcurrency: Service<typeof setConcurrencyEndpoint> = async (context, { params, body }) => {
  const { concurrency, reason } = body;
  const { queue } = params;
  const bullmq = context.runtime.queues.bullmq.queue(queue);
  const { globalConcurrency } = await requireQueue(context, queue);
  const about = { queue, action: "queues.concurrency", reason, before: String(globalConcurrency) };
  await change(
    context,
    about,
    () => (concurrency === null ? bullmq.removeGlobalConcurrency() : bullmq.setGlobalConcurrency(concurrency)),
    () => String(concurrency),
  );
  return requireQueue(context, queue);
};

export const getQueueRateLimit: Service<typeof getRateLimitEndpoint> = async (context, { params }) => {
  const { rateLimit } = await requireQueue(context, params.queue);
  const { connections, queues } = context.runtime;
  const ttl = await withBullmq(() =>
    connections.run(() => queues.bullmq.queue(params.queue).getRateLimitTtl(rateLimit?.max)),
  );
  return { limit: rateLimit, ttlMs: Math.max(0, ttl) };
};

export const setQueueRateLimit: Service<typeof setRateLimitEndpoint> = async (context, { params, body }) => {
  const { limit, reason } = body;
  const { queue } = params;
  const bullmq = context.runtime.queues.bullmq.queue(queue);
  const { rateLimit } = await requireQueue(context, queue);
  const about = { queue, action: "queues.rate-limit", reason, before: JSON.stringify(rateLimit) };
  await change(
    context,
    about,
    () => (limit === null ? bullmq.removeGlobalRateLimit() : bullmq.setGlobalRateLimit(limit.max, limit.durationMs)),
    () => JSON.stringify(limit),
  );
  return requireQueue(context, queue);
};

export const resetQueueRateLimit: Service<typeof resetRateLimitEndpoint> = async (context, { params, body }) => {
  const { queue } = params;
  const { bullmq } = context.runtime.queues;
  const about = { queue, action: "queues.rate-limit-reset", reason: body.reason };
  await change(context, about, () => bullmq.queue(queue).removeRateLimitKey());
  return requireQueue(context, queue);
};

export const trimQueueEvents: Service<typeof trimEventsEndpoint> = async (context, { params, body }) => {
  const { queue } = params;
  const { connections, queues } = context.runtime;
  const removed = await change(
    context,
    { queue, action: "queues.trim-events", reason: body.reason, destructive: body },
    () => queues.bullmq.queue(queue).trimEvents(body.maxLength),
    (count) => `${count} events removed`,
  );
  const length = await connections.run((client) => client.xlen(queues.bullmq.key(queue, "events")));
  return { removed, length };
};
