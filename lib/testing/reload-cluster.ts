// Instances whose caches are loaded from one map, the stand-in for a database: what each instance serves can be looked at.

import { type ClusterInstance, type ClusterOptions, createCluster } from "../core/cluster.ts";
import type { RegisterOptions, ReloadRequest } from "../core/reload/types.ts";
import { until } from "./redis.ts";

/** One instance with its caches. */
export interface ReloadInstance extends ClusterInstance {
  /** Cache → the version it serves. */
  readonly serves: Map<string, unknown>;
  /** Every run of a loader, in order. */
  readonly runs: ReloadRequest[];
  /** Replaces what the loader does. */
  loader: (request: ReloadRequest) => Promise<unknown>;
}

export interface ReloadInstances {
  /** The source of truth: cache → version. */
  readonly database: Map<string, number>;
  join(options?: Partial<ClusterOptions> & { caches?: string[]; register?: RegisterOptions }): ReloadInstance;
  /** Joins `count` instances and waits until each knows the others. */
  joinAll(count: number, options?: Parameters<ReloadInstances["join"]>[0]): Promise<ReloadInstance[]>;
  closeAll(): Promise<void>;
}

/** @param uri read late, because the server starts in a hook */
export function reloadInstances(uri: () => string): ReloadInstances {
  const database = new Map<string, number>();
  const joined: ReloadInstance[] = [];

  function join(options: Parameters<ReloadInstances["join"]>[0] = {}): ReloadInstance {
    const { caches = ["metadata"], register = {}, ...clusterOptions } = options;
    const reload = { logger: { warn() {} }, ...clusterOptions.reload };
    const cluster = createCluster({ redis: uri(), nodeName: "prod", ...clusterOptions, reload });
    const instance: ReloadInstance = {
      ...cluster,
      serves: new Map(),
      runs: [],
      loader: async ({ cache }) => database.get(cache) ?? 0,
    };
    for (const cache of caches)
      cluster.reload.register(
        cache,
        (request) => {
          instance.runs.push(request);
          return instance.loader(request);
        },
        { apply: (value) => void instance.serves.set(cache, value), ...register },
      );
    joined.push(instance);
    return instance;
  }

  return {
    database,
    join,
    async joinAll(count, options) {
      const instances = Array.from({ length: count }, () => join(options));
      await Promise.all(instances.map(({ reload }) => reload.ready(15_000)));
      return instances;
    },
    async closeAll() {
      await Promise.all(joined.splice(0).map((instance) => instance.close()));
      database.clear();
    },
  };
}

/** Waits until every instance serves what the database holds for `cache`. */
export function untilServed(
  { database }: ReloadInstances,
  instances: readonly ReloadInstance[],
  cache: string,
  timeoutMs?: number,
): Promise<void> {
  return until(() => instances.every(({ serves }) => serves.get(cache) === database.get(cache)), timeoutMs);
}
