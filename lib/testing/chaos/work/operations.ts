// Single operations, asked for by the conductor: the counterpart of what a wire peer does at the same time.

import type { ClusterInstance } from "../../../core/cluster.ts";
import type { Lease } from "../../../core/lock/types.ts";
import type { Operation } from "../protocol.ts";

export function createOperations(cluster: ClusterInstance) {
  const leases = new Map<string, Lease>();

  return async (operation: Operation): Promise<unknown> => {
    switch (operation.do) {
      case "cache.get":
        return cluster.cache.get(operation.key);
      case "cache.set":
        return cluster.cache.set(operation.key, operation.value, operation.ttlMs);
      case "cache.delete":
        return Promise.all(operation.keys.map((key) => cluster.cache.deleteKey(key)));
      case "cache.acquire":
        return cluster.cache.acquire(operation.key, operation.value, operation.ttlMs);
      case "cache.release":
        return cluster.cache.release(operation.key, operation.value);
      case "locks.acquire": {
        const lease = await cluster.locks.acquire(operation.key, { ttlMs: operation.ttlMs });
        if (lease) leases.set(operation.key, lease);
        return lease !== null;
      }
      case "locks.release":
        return (await leases.get(operation.key)?.release()) ?? false;
      case "session.get":
        return (await cluster.sessions.get(operation.id))?.data ?? null;
      case "session.save": {
        const session = await cluster.sessions.get(operation.id);
        const { id, data } = operation;
        if (session) return (await cluster.sessions.save(session, { data })) !== null;
        return (await cluster.sessions.create({ id, data, user: "interop" })).id === id;
      }
      case "session.destroy":
        return (await cluster.sessions.destroy(operation.id)).destroyed;
    }
  };
}
