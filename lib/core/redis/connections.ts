// The core's way to Redis: one client for commands and, once somebody listens, one for subscriptions.
//
// Promises: a call either answers or fails with STORE_UNAVAILABLE in bounded time (`commandTimeoutMs`), never hangs and
// never queues behind a dead connection; a command is never sent twice by us, so a script that was cut off may have run
// or not, but not twice; everything recovers by itself when Redis is back. Not promised: that a write survives a
// failover (replication is asynchronous).

import { once } from "node:events";
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from "ioredis";
import { NamespaceHashTag, StoreUnavailable } from "../errors.ts";
import { Link, type LinkStatus } from "./link.ts";
import { redialWhenEnded } from "./redial.ts";
import { createScriptSender } from "./script-sender.ts";
import type { ScriptClient } from "./scripts.ts";
import { mapStoreError } from "./store-error.ts";
import { createSubscriber, type SubscriberState } from "./subscriber.ts";
import { parseRedisUri, type RedisLocation, type Topology } from "./uri.ts";
import { addressOf, watchLink } from "./watch-link.ts";

/** Options of {@link createConnections}; times in ms. */
export interface ConnectionsOptions {
  /** See uri.ts for the forms. */
  uri: string;
  /** Shown by CLIENT LIST. @default "keydeck" */
  name?: string;
  /** The namespace; on Redis Cluster it must carry a hash tag. */
  nodeName?: string | undefined;
  /** A command that has no answer by then fails. @default 2000 */
  commandTimeoutMs?: number;
  /** @default 5000 */
  connectTimeoutMs?: number;
  /** No PING reply for so long means half open. @default 2500 */
  silenceMs?: number;
  /** Reads leave no trace in Redis' idle times (CLIENT NO-TOUCH, where Redis ≥ 7.2 permits it): for who only looks.
   * @default false */
  noTouch?: boolean;
}

/** The links to one Redis (standalone, the master behind Sentinel, or a Cluster). */
export interface Connections extends ScriptClient {
  readonly topology: Topology;
  /** `host:port` (several joined by ","), never a password. */
  readonly address: string;
  /** The ioredis client; prefer {@link Connections.run}, which maps errors. */
  readonly client: Redis | Cluster;
  readonly link: LinkStatus;
  /** The connection behind {@link Connections.subscribe}. */
  readonly subscriber: SubscriberState;
  onLink(listener: (status: LinkStatus) => void): () => void;
  /** Runs commands on the client; store failures become {@link StoreUnavailable} or StorePermission. */
  run<T>(work: (client: Redis | Cluster) => Promise<T>): Promise<T>;
  /** The nodes that hold the namespace's keys: one, or each primary of a Cluster (with a hash tag only its slot's owner). */
  primaries(): Promise<Redis[]>;
  /** A further connection to the same data, for tracking or blocking reads; the caller closes it. */
  duplicate(overrides?: Partial<RedisOptions>): Promise<Redis>;
  /** Listens on a channel over the shared subscriber, which resubscribes by itself; resolves when Redis confirmed. */
  subscribe(channel: string, listener: (message: Buffer) => void): Promise<() => Promise<void>>;
  /** Told when the subscriber listens again after a break; what was said meanwhile was not heard. */
  onResumed(listener: () => void): () => void;
  /** Resolves once commands can be sent. @throws {StoreUnavailable} after `timeoutMs` (default: the command timeout) */
  ready(timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects, in the background: it returns at once and never throws because Redis is away.
 * @throws {InvalidInput} for a malformed URI
 * @throws {NamespaceHashTag} on Redis Cluster when `nodeName` carries no hash tag
 */
export function createConnections(options: ConnectionsOptions): Connections {
  const {
    uri,
    name = "keydeck",
    nodeName,
    commandTimeoutMs = 2_000,
    connectTimeoutMs = 5_000,
    silenceMs = 2_500,
    noTouch = false,
  } = options;
  const location = parseRedisUri(uri);
  if (location.topology === "cluster" && "nodeName" in options && !nodeName?.startsWith("{"))
    throw new NamespaceHashTag(nodeName);

  const link = new Link();
  const base = baseOptions(location, { name, commandTimeoutMs, connectTimeoutMs });
  const client = location.topology === "cluster" ? connectCluster(location, base) : new Redis(base);
  const stopWatching = watchLink(client, link, { silenceMs, noTouch });
  const subscriber = createSubscriber({
    connect: (overrides) => duplicate({ ...overrides, connectionName: `${name}:sub` }),
    silenceMs,
    link,
  });
  const scripts = createScriptSender(commandTimeoutMs);
  let closed = false;
  /** Slot of the namespace on a Cluster, once it was asked for. */
  let slot: number | undefined;
  if (client instanceof Redis && location.topology === "sentinel") redialWhenEnded(client, () => closed);

  async function ready(timeoutMs = commandTimeoutMs): Promise<void> {
    if (isUsable(link.status)) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => finish(() => reject(new StoreUnavailable(link.status.reason ?? "not connected yet"))),
        timeoutMs,
      );
      const stop = link.onChange((status) => isUsable(status) && finish(resolve));
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        stop();
        settle();
      };
    });
  }

  // The ordinary call goes without an async frame of ours: beside a round trip of 30 µs each one shows.
  function run<T>(work: (client: Redis | Cluster) => Promise<T>): Promise<T> {
    return link.status.state === "ready" ? work(client).catch(throwMapped) : runUnlessAway(work);
  }

  async function runUnlessAway<T>(work: (client: Redis | Cluster) => Promise<T>): Promise<T> {
    if (closed) throw new StoreUnavailable("closed");
    // Only the very first connect is worth waiting for; later a caller is told at once.
    if (link.status.state === "connecting") await ready();
    if (link.status.state === "down") throw new StoreUnavailable(link.status.reason ?? "not connected");
    return work(client).catch(throwMapped);
  }

  async function primaries(): Promise<Redis[]> {
    if (client instanceof Redis) return [client];
    return run(async () => {
      if (nodeName?.startsWith("{") !== true) return client.nodes("master");
      slot ??= Number(await client.call("CLUSTER", "KEYSLOT", nodeName));
      const node = ownerOf(client, slot);
      if (!node) throw new StoreUnavailable("the primary that owns the namespace's slot is not connected");
      return [node];
    });
  }

  async function duplicate(overrides: Partial<RedisOptions> = {}): Promise<Redis> {
    const [node] = await primaries();
    if (!node) throw new StoreUnavailable("no primary is connected");
    const extra = client instanceof Redis ? client.duplicate(overrides) : dialNode(client, node, overrides);
    extra.on("error", () => {});
    await becomesReady(extra, connectTimeoutMs);
    return extra;
  }

  /** A node may be gone for good: further dials go to who holds the namespace by then. */
  function dialNode(cluster: Cluster, node: Redis, overrides: Partial<RedisOptions>): Redis {
    const retryStrategy = (attempt: number) => {
      const owner = slot === undefined ? cluster.nodes("master")[0] : ownerOf(cluster, slot);
      if (owner) Object.assign(extra.options, addressOf(owner));
      return pauseBefore(attempt);
    };
    const extra = new Redis({ ...base, ...addressOf(node), retryStrategy, ...overrides });
    return extra;
  }

  return {
    topology: location.topology,
    address: location.hosts.map(({ host, port }) => `${host}:${port}`).join(","),
    client,
    get link() {
      return link.status;
    },
    get subscriber() {
      return subscriber.state;
    },
    onLink: (listener) => link.onChange(listener),
    run,
    call: (command, ...args) =>
      link.status.state === "ready"
        ? client.call(String(command), ...args).catch(throwMapped)
        : runUnlessAway((redis) => redis.call(String(command), ...args)),
    sendScript: (script, keys, args, buffers) =>
      link.status.state === "ready"
        ? scripts.send(client, script, keys, args, buffers)
        : runUnlessAway((redis) => scripts.send(redis, script, keys, args, buffers)),
    callBuffer: (command, ...args) => run((redis) => redis.callBuffer(String(command), ...args)),
    primaries,
    duplicate,
    subscribe: (channel, listener) => run(() => subscriber.subscribe(channel, listener)),
    onResumed: (listener) => subscriber.onResumed(listener),
    ready,
    async close() {
      closed = true;
      stopWatching();
      scripts.close();
      link.set("down", "closed");
      await subscriber.close();
      client.disconnect();
    },
  };
}

function ownerOf(cluster: Cluster, slot: number): Redis | undefined {
  const owner = cluster.slots[slot]?.[0];
  return cluster.nodes("master").find(({ options: { host, port } }) => `${host}:${port}` === owner);
}

function throwMapped(error: unknown): never {
  throw mapStoreError(error);
}

function isUsable({ state }: LinkStatus): boolean {
  return state === "ready" || state === "degraded";
}

async function becomesReady(redis: Redis, timeoutMs: number): Promise<void> {
  if (redis.status === "ready") return;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    await once(redis, "ready", { signal: timeout });
  } catch (error) {
    if (timeout.aborted) redis.disconnect();
    throw mapStoreError(error);
  }
}

/** What every connection shares: fail fast, never resend, dial again for ever with growing pauses. */
function baseOptions(
  location: RedisLocation,
  times: { name: string; commandTimeoutMs: number; connectTimeoutMs: number },
): RedisOptions {
  const [first] = location.hosts;
  return {
    ...(location.topology === "sentinel"
      ? {
          sentinels: [...location.hosts],
          name: location.masterName,
          sentinelUsername: location.sentinelUsername,
          sentinelPassword: location.sentinelPassword,
          failoverDetector: true,
          sentinelRetryStrategy: pauseBefore,
        }
      : { host: first?.host, port: first?.port }),
    username: location.username,
    password: location.password,
    db: location.db,
    ...(location.tls ? { tls: {} } : {}),
    connectionName: times.name,
    commandTimeout: times.commandTimeoutMs,
    connectTimeout: times.connectTimeoutMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: pauseBefore,
    // After a failover the old master answers READONLY: dial again, so that Sentinel or DNS can name the new one.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
  };
}

function pauseBefore(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt, 6), 2_000) * (0.75 + Math.random() / 2);
}

function connectCluster(location: RedisLocation, base: RedisOptions): Cluster {
  const { host: _host, port: _port, db: _db, ...redisOptions } = base;
  const options: ClusterOptions = {
    redisOptions,
    enableOfflineQueue: false,
    clusterRetryStrategy: pauseBefore,
    // Bounds how long one command follows a cluster that is electing: 4 × 250 ms, then the caller is told.
    maxRedirections: 4,
    retryDelayOnFailover: 250,
    retryDelayOnClusterDown: 250,
    slotsRefreshTimeout: 2_000,
    slotsRefreshInterval: 5_000,
  };
  return new Cluster([...location.hosts], options);
}
