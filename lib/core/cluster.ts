// Wires the parts of the core for one application instance. What an application embeds:
//
//   const cluster = createCluster({ redis: process.env.REDIS_URI, nodeName: process.env.NODE_NAME });
//   await cluster.cache.set("user:123", user, 60_000);
//   await cluster.close();

import { randomBytes } from "node:crypto";
import { InvalidInput } from "./errors.ts";
import { createKeyspace, type Keyspace } from "./keyspace.ts";
import { createCoherence } from "./local-cache/coherence.ts";
import { describeCopies } from "./local-cache/describe.ts";
import { checkLocalCache, type LocalCacheSettings } from "./local-cache/limits.ts";
import { createLocks } from "./lock/redis-locks.ts";
import type { Locks } from "./lock/types.ts";
import { createMemberRegistry, type MemberRegistry } from "./member/registry.ts";
import { type Connections, createConnections } from "./redis/connections.ts";
import type { LinkStatus } from "./redis/link.ts";
import { createReloadBus } from "./reload/reload-bus.ts";
import type { ReloadBus, Wire } from "./reload/types.ts";
import { createRuntimeSnapshots, type RuntimeSnapshots } from "./runtime-snapshot/snapshots.ts";
import { checkSessionSettings, type SessionSettings } from "./session/session-settings.ts";
import { createSessions } from "./session/sessions.ts";
import type { Sessions } from "./session/types.ts";
import { createUserCopies } from "./user-cache/local-values.ts";
import { createUserCache, type UserCache } from "./user-cache/user-cache.ts";

const MB = 1024 * 1024;
/** Of the leases it holds, an instance tells so many at each beat. */
const MOST_LOCKS_TOLD = 100;
/** What the parts of this library keep their state in. */
const DRIVERS = { cache: "redis", locks: "redis", reload: "redis", sessions: "redis" };
const DEFAULTS = { limitMb: 30, maxValueBytes: 0, commandMs: 2_000, connectMs: 5_000, heartbeatMs: 5_000 };

/** Options of {@link createCluster}. */
export interface ClusterOptions {
  /** Where Redis is; see redis/uri.ts for the forms. */
  redis: string;
  /** The seeds' `NODE_NAME`, shared by all instances of a cluster; on Redis Cluster with a hash tag, `{prod}`. */
  nodeName?: string | undefined;
  /** 32 lower-case hex. @default random, new for each process */
  instanceId?: string;
  userCache?: {
    /** MB (1024 × 1024 bytes) that all user-cache values may take together; 0 = unlimited. @default 30 */
    limitMb?: number;
    /** Largest single value in bytes; 0 = no cap. @default 0 */
    maxValueBytes?: number;
  };
  reload?: {
    /** Which wire reload signals go out on; on receive both are understood. @default "both" */
    wire?: Wire;
    /** Mean ms between looks into the log, for signals whose message was lost. @default 5000 */
    catchUpMs?: number;
    /** Where malformed signals and failing loaders are told. @default console */
    logger?: { warn(line: string): void };
  };
  /** Copies in this process, of sessions and of user values. @default sessions only, kept true by tracking */
  l1?: LocalCacheSettings;
  sessions?: SessionSettings;
  /** `REDIS_RUNTIME_CACHE`: caches with `apply` are loaded by one instance and shared as snapshots. @default false */
  runtimeCache?: boolean;
  /** ms. @default commandMs 2000, connectMs 5000 */
  timeouts?: { commandMs?: number; connectMs?: number };
  /** What runs on this instance, to be shown; the version tells instances apart during a rolling deployment. */
  application?: {
    name?: string | undefined;
    version?: string | undefined;
    /** Capability → driver, of what the application itself chose: `{ storage: "s3", queue: "bullmq" }`. A `memory`
     * driver, or one that differs between instances, works on one replica and breaks at two: the console warns. */
    drivers?: Readonly<Record<string, string>>;
  };
  /** Mean ms between heartbeats. @default 5000 */
  heartbeatMs?: number;
  /** ms since the epoch. Its distance from Redis' clock is reported; nothing is decided by it. @default Date.now */
  wallClock?: () => number;
}

/** One instance's part in the cluster. */
export interface ClusterInstance {
  readonly instanceId: string;
  readonly keyspace: Keyspace;
  readonly connections: Connections;
  /** The user cache, `$cache` of seed 001. */
  readonly cache: UserCache;
  /** This instance's membership, and everybody else's. */
  readonly members: MemberRegistry;
  /** Cache reloads, cluster-wide and answered. */
  readonly reload: ReloadBus;
  /** What `runtimeCache` shares, for who reads a snapshot, or a part of it, and keeps no copy. */
  readonly snapshots: Pick<RuntimeSnapshots, "read" | "readPart">;
  /** Locks with fences, over the user cache's keys: `$cache.acquire` that knows when it ends. */
  readonly locks: Locks;
  /** Sessions of the application's visitors. */
  readonly sessions: Sessions;
  /** The link to Redis: state, reason, since when. */
  status(): LinkStatus;
  /** Leaves the cluster and ends everything this instance opened. */
  close(): Promise<void>;
}

/**
 * Joins a cluster. Returns at once; Redis may still be away (calls then fail with StoreUnavailable until it is there).
 * @throws {NamespaceInvalid} {NamespaceHashTag} {InvalidInput} for options that can never work
 * @see seed 000 "Cluster Architecture"
 */
export function createCluster(options: ClusterOptions): ClusterInstance {
  const instanceId = options.instanceId ?? randomBytes(16).toString("hex");
  if (!/^[0-9a-f]{32}$/.test(instanceId))
    throw new InvalidInput("Expected `instanceId` to be 32 lower-case hex characters");
  const keyspace = createKeyspace(options.nodeName);
  const connections = createConnections({
    uri: options.redis,
    name: `keydeck:${instanceId.slice(0, 8)}`,
    nodeName: keyspace.nodeName,
    commandTimeoutMs: options.timeouts?.commandMs ?? DEFAULTS.commandMs,
    connectTimeoutMs: options.timeouts?.connectMs ?? DEFAULTS.connectMs,
  });
  const { mode, ...copyLimits } = checkLocalCache(options.l1);
  const coherence = createCoherence({ connections, mode });
  const l1 = options.l1 && createUserCopies({ store: connections, keyspace, coherence, ...copyLimits });
  const quota = {
    limitBytes: Math.floor((options.userCache?.limitMb ?? DEFAULTS.limitMb) * MB),
    maxValueBytes: options.userCache?.maxValueBytes ?? DEFAULTS.maxValueBytes,
  };
  const cache = createUserCache({ store: connections, ...{ keyspace, l1 }, ...quota });
  const locks = createLocks({ connections, keyspace, instanceId, ...quota });
  const { application, wallClock = Date.now, heartbeatMs = DEFAULTS.heartbeatMs } = options;
  if (!Number.isInteger(heartbeatMs) || heartbeatMs < 100)
    throw new InvalidInput(`Expected \`heartbeatMs\` to be an integer ≥ 100, got ${heartbeatMs}`);
  const members = createMemberRegistry({
    ...{ connections, keyspace, instanceId, heartbeatMs, wallClock },
    ...(application && { application }),
  });
  const snapshots = createRuntimeSnapshots({ connections, keyspace });
  const reload = createReloadBus({
    ...{ connections, keyspace, instanceId, members, snapshots, runtimeCache: options.runtimeCache },
    ...options.reload,
  });
  const sessions = createSessions({
    ...{ connections, keyspace, coherence, nodeId: instanceId, onConfirm: () => members.beatSoon() },
    ...{ ...copyLimits, ...checkSessionSettings(options.sessions) },
  });
  members.contribute("drivers", () => ({ ...DRIVERS, ...application?.drivers }));
  members.contribute("sessions", () => ({ ...sessions.manifest() }));
  members.contribute("locks", () =>
    locks
      .held()
      .slice(0, MOST_LOCKS_TOLD)
      .map((lease) => ({ ...lease })),
  );
  members.contribute("l1", () => ({
    ...describeCopies(coherence, [sessions.manifest(), ...(l1 ? [l1.stats()] : [])]),
  }));
  // Who keeps no sessions pays for no connection; the first read of one opens it.
  if (options.sessions || options.l1) coherence.open();
  members.start();

  return {
    ...{ instanceId, keyspace, connections, cache, locks, sessions, members, reload, snapshots },
    status: () => connections.link,
    async close() {
      await members.drain();
      await locks.close();
      await reload.close();
      coherence.close();
      await members.stop();
      await connections.close();
    },
  };
}
