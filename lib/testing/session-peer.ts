// An instance in a process of its own that reads one session over and over: run it with `node --import tsx` and an IPC
// channel, arguments uri and node name. Told an id, it says "served" once a copy answers; when it was stopped and goes on,
// it says how many reads answered with a session within the next second.

import { createCluster } from "../core/cluster.ts";

/** A turn of the loop that took longer than this is one in which the process was stopped. */
const STOPPED_MS = 1_000;
const WATCH_MS = 1_000;

const [redis = "", nodeName = ""] = process.argv.slice(2);
const cluster = createCluster({ redis, nodeName, sessions: {}, heartbeatMs: 500 });
await cluster.connections.ready(10_000);

async function watch(id: string): Promise<void> {
  let wasServed = false;
  let turnedAt = performance.now();
  let resumedAt = Number.POSITIVE_INFINITY;
  let alive = 0;
  for (;;) {
    // Of a read that a stop interrupted the answer was there before.
    const now = performance.now();
    if (now - turnedAt > STOPPED_MS) resumedAt = now;
    turnedAt = now;
    const session = await cluster.sessions.get(id).catch(() => null);
    if (session && now >= resumedAt) alive++;
    if (now - resumedAt > WATCH_MS) break;
    if (!wasServed && cluster.sessions.stats().hits > 0) {
      wasServed = true;
      process.send?.("served");
    }
    await new Promise(setImmediate);
  }
  process.send?.({ alive });
}

process.on("message", (id: string) => void watch(id));
process.on("disconnect", () => process.exit(0));
process.send?.(cluster.instanceId);
