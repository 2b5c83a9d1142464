// A process that holds a lock: run it with `node --import tsx`, arguments uri, node name, lock, TTL in ms. Holds the lease
// without renewing it and says so as JSON lines: first the lease, then each loss. On SIGUSR2 it acts as a holder would,
// first asking the lease, then writing under it, and says how both went.

import { createCluster } from "../core/cluster.ts";

const [uri = "", nodeName = "", lock = "", ttlMs = "1000"] = process.argv.slice(2);
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const codeOf = (error: unknown) => (error as { code?: string }).code ?? String(error);

const cluster = createCluster({ redis: uri, nodeName });
await cluster.connections.ready(10_000);
const lease = await cluster.locks.acquire(lock, {
  ttlMs: Number(ttlMs),
  waitMs: 10_000,
  onLost: (loss) => say({ lost: codeOf(loss) }),
});
if (!lease) process.exit(1);

process.on("SIGUSR2", async () => {
  // What it asks first is the lease itself; no timer has run since it was stopped.
  let first = "valid";
  try {
    lease.assertValid();
  } catch (error) {
    first = codeOf(error);
  }
  const written = await cluster.locks.fencedSet(lease, `${lock}:result`, lease.fence).then(() => "written", codeOf);
  const extended = await lease.extend().then(() => "extended", codeOf);
  say({ first, written, extended });
});

// Only now: who hears of the lease may stop this process and send the signal at once.
say({ instanceId: cluster.instanceId, fence: lease.fence });
