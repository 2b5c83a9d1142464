// What a process can say of its own load, over the time since it was last asked.

import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import type { ProcessFigures } from "./member.ts";

/** The loop is asked to come round this often; what it takes longer is its delay. */
const RESOLUTION_MS = 20;

export interface ProcessWatch {
  /** The figures of the time since the last call. */
  read(): ProcessFigures;
  close(): void;
}

/** Measures until `close`. */
export function watchProcess(): ProcessWatch {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let cpu = process.cpuUsage();
  let at = performance.now();
  return {
    read() {
      const used = process.cpuUsage(cpu);
      const passedMs = Math.max(1, performance.now() - at);
      cpu = process.cpuUsage();
      at = performance.now();
      const { rss, heapUsed, heapTotal } = process.memoryUsage();
      const figures = {
        rssBytes: rss,
        heapUsedBytes: heapUsed,
        heapTotalBytes: heapTotal,
        heapLimitBytes: getHeapStatistics().heap_size_limit,
        cpuRatio: round((used.user + used.system) / 1_000 / passedMs, 1_000),
        loopDelayMs: {
          mean: late(delay.mean),
          p99: late(delay.percentile(99)),
          max: late(delay.max),
        },
      };
      delay.reset();
      return figures;
    },
    close: () => void delay.disable(),
  };
}

/** From the histogram's ns between two rounds to the ms that were too many; it says NaN, or 2^63, while it is empty. */
function late(betweenNs: number): number {
  return betweenNs > 0 && betweenNs < 1e18 ? round(Math.max(0, betweenNs / 1e6 - RESOLUTION_MS), 10) : 0;
}

function round(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
