// Figures for Prometheus. The parts are read side by side, and one that cannot be read is missing and named, so that an
// alert on the others goes on working.

import type { getMetrics as endpoint } from "../../contracts/metrics.ts";
import type { Context, Service } from "../context.ts";
import { log } from "../log.ts";
import { instanceMetrics, lockMetrics, reloadMetrics, userCacheMetrics } from "./cluster.ts";
import { one, queueMetrics } from "./queues.ts";
import { type Metric, toPrometheus } from "./text.ts";

const PARTS: Record<string, (context: Context) => Promise<Metric[]>> = {
  queues: queueMetrics,
  user_cache: userCacheMetrics,
  reloads: reloadMetrics,
  locks: lockMetrics,
  instances: instanceMetrics,
};

export const getMetrics: Service<typeof endpoint> = async (context) => {
  const parts = await Promise.all(Object.entries(PARTS).map(([part, read]) => attempt(part, () => read(context))));
  const { state } = context.runtime.connections.link;
  const metrics: Metric[] = [
    one("keydeck_redis_up", "1 while Redis answers", Number(state === "ready")),
    {
      name: "keydeck_part_up",
      type: "gauge",
      help: "1 where the figures of a part could be read",
      samples: parts.map(({ part, metrics }) => ({ labels: { part }, value: Number(metrics !== null) })),
    },
    ...parts.flatMap(({ metrics }) => metrics ?? []),
  ];
  return new Response(toPrometheus(metrics), {
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" },
  });
};

async function attempt(part: string, read: () => Promise<Metric[]>) {
  try {
    return { part, metrics: await read() };
  } catch (error) {
    log.warn("metrics.part", { part, because: error instanceof Error ? error.message : String(error) });
    return { part, metrics: null };
  }
}
