// Runs a script that takes any number of keys over all of them: in calls short enough to hold nobody up, all sent before
// the first answer is awaited.

import type { Keyspace } from "../core/keyspace.ts";
import type { Connections } from "../core/redis/connections.ts";
import type { Script } from "../core/redis/scripts.ts";

/** What the script answers per key, in the order of the keys; bulk replies as bytes. */
export async function runOverKeys(
  script: Script,
  connections: Connections,
  keyspace: Keyspace,
  names: readonly Buffer[],
  keysPerCall: number,
): Promise<unknown[]> {
  // Without a shared slot a script can only take one key at a time.
  const size = connections.topology === "cluster" && !keyspace.hasHashTag ? 1 : keysPerCall;
  const calls: Promise<unknown>[] = [];
  for (let from = 0; from < names.length; from += size)
    calls.push(script.run(connections, names.slice(from, from + size), { buffers: true }));
  return (await Promise.all(calls)).flatMap((reply) => reply as unknown[]);
}
