// The latest events of a queue, as its stream keeps them.

import type { listQueueEvents as endpoint } from "../../contracts/queues.ts";
import { createMask } from "../../explorer/mask.ts";
import type { Service } from "../context.ts";
import { requireQueue } from "./access.ts";
import { toEvent } from "./event-watch.ts";
import { withBullmq } from "./refusal.ts";

export const listQueueEvents: Service<typeof endpoint> = async (context, { params, query }) => {
  await requireQueue(context, params.queue);
  const { connections, config, queues } = context.runtime;
  queues.events.attend(params.queue);
  const key = queues.bullmq.key(params.queue, "events");
  const from = query.before === undefined ? "+" : `(${query.before}`;
  const [entries, total] = await withBullmq(() =>
    connections.run((client) =>
      Promise.all([query.limit === 0 ? [] : client.xrevrange(key, from, "-", "COUNT", query.limit), client.xlen(key)]),
    ),
  );
  const mask = createMask(config.sensitiveFields);
  const events = entries.map(([id, fields]) => toEvent(id, toObject(fields), mask));
  const isFull = query.limit > 0 && entries.length === query.limit;
  return { events, cursor: isFull ? (events.at(-1)?.id ?? null) : null, total };
};

function toObject(fields: readonly string[]): Record<string, string> {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) pairs.push([fields[at]!, fields[at + 1]!]);
  return Object.fromEntries(pairs);
}
