import { formatDuration } from "@/lib/client/format";

/** CPU time by time, 1 is one core: `12 %`, `140 %`. */
export function formatCpu(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}

/** `0.4 ms`, `38 ms`. */
export function formatLag(ms: number): string {
  return ms < 10 ? `${Number(ms.toFixed(1))} ms` : formatDuration(ms);
}

/** A clock's distance from Redis': `+12 ms`, `−1 h`. */
export function formatClock(offsetMs: number): string {
  if (offsetMs === 0) return "0 ms";
  return `${offsetMs > 0 ? "+" : "−"}${formatDuration(Math.abs(offsetMs))}`;
}
