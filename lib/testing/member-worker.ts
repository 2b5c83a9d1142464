// A process that embeds the core and does nothing but belong: run it with `node --import tsx`, arguments uri, node name,
// heartbeat in ms, and how far its wall clock is off in ms. Says its instance id once it has joined; SIGTERM ends it in
// good order.

import { createCluster } from "../core/cluster.ts";

const [uri = "", nodeName = "", heartbeatMs = "5000", skewMs = "0"] = process.argv.slice(2);
const cluster = createCluster({
  redis: uri,
  nodeName: nodeName || undefined,
  heartbeatMs: Number(heartbeatMs),
  wallClock: () => Date.now() + Number(skewMs),
});
process.once("SIGTERM", () => void cluster.close().then(() => process.exit(0)));
await cluster.connections.ready(10_000);
process.stdout.write(`${cluster.instanceId}\n`);
