// Where a run's data is: one Redis behind a proxy for each instance, a master with replicas behind Sentinel, or a Cluster
// of three primaries. What can be broken differs; what is the same stands here.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { redialWhenEnded } from "../../core/redis/redial.ts";
import { type ChaosProxy, startChaosProxy } from "../chaos-proxy.ts";
import { startCluster, startRedis, startSentinel, type TestRedis, until } from "../redis.ts";

export type TopologyName = "standalone" | "sentinel" | "cluster";

/** A running deployment. */
export interface Deployment {
  readonly topology: TopologyName;
  /** Braces on a Cluster. */
  readonly nodeName: string;
  /** Where the instance of that place finds Redis. */
  uriFor(who: string): string;
  /** The network between one place and Redis; undefined where clients dial the servers themselves. */
  network(who: string): ChaosProxy | undefined;
  /** A client beside the network, of the node that has the namespace; follows a failover. */
  connect(): Redis;
  /** The same for who only listens: nobody would catch the time-out of a subscription that ioredis renews by itself. */
  listen(): Redis;
  /** The server that has the namespace right now. */
  primary(): Promise<TestRedis>;
  /** Every data server. */
  readonly servers: readonly TestRedis[];
  /** Sentinel only: the address its sentinels name. */
  namedMaster(): Promise<number>;
  /** Sentinel only: asks one of its sentinels. */
  sentinel(...args: string[]): Promise<unknown>;
  /** Sentinel only: tells the ports of the old and the new master at each failover, whoever wanted it. */
  onFailover(listener: (old: number, promoted: number) => void): Promise<void>;
  stop(): Promise<void>;
}

/** Everything written is on disk before it is acknowledged: a restart loses what a run deletes, and nothing else. */
const DURABLE = ["--appendonly", "yes", "--appendfsync", "everysec"];

export async function startDeployment(topology: TopologyName, places: readonly string[]): Promise<Deployment> {
  if (topology === "standalone") return startStandalone(places);
  return topology === "sentinel" ? startSentinels() : startPrimaries();
}

async function startStandalone(places: readonly string[]): Promise<Deployment> {
  const server = await startRedis({ args: DURABLE });
  const proxies = new Map<string, ChaosProxy>();
  for (const who of places) proxies.set(who, await startChaosProxy(server.port));
  const clients = createClients();
  return {
    topology: "standalone",
    nodeName: "chaos",
    uriFor: (who) => `redis://127.0.0.1:${proxies.get(who)?.port}`,
    network: (who) => proxies.get(who),
    connect: () => clients.add(new Redis(server.port, "127.0.0.1", CLIENT)),
    listen: () => clients.add(new Redis(server.port, "127.0.0.1", LISTENER)),
    primary: async () => server,
    servers: [server],
    namedMaster: async () => server.port,
    sentinel: noSentinel,
    onFailover: async () => {},
    async stop() {
      clients.close();
      await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
      await end([server]);
    },
  };
}

async function startSentinels(): Promise<Deployment> {
  const { uri, master, replicas, sentinels, stop } = await startSentinel({ replicas: 2, args: DURABLE });
  const servers = [master, ...replicas];
  const clients = createClients();
  const hosts = sentinels.map(({ port }) => ({ host: "127.0.0.1", port }));
  const behind = { sentinels: hosts, name: "mymaster", failoverDetector: true };
  const sentinel = clients.add(new Redis({ ...CLIENT, ...hosts[0] }));
  const ask = (...args: string[]) => sentinel.call("SENTINEL", ...args);
  const namedMaster = async () => Number(((await ask("GET-MASTER-ADDR-BY-NAME", "mymaster")) as string[])[1]);
  // A master that is asked to hand over before its sentinels know the replicas refuses.
  await until(async () => ((await ask("REPLICAS", "mymaster")) as unknown[]).length === 2);
  return {
    topology: "sentinel",
    nodeName: "chaos",
    uriFor: () => uri,
    network: () => undefined,
    connect: () => clients.add(new Redis({ ...CLIENT, ...behind })),
    listen: () => clients.add(new Redis({ ...LISTENER, ...behind })),
    async primary() {
      const port = await namedMaster();
      return servers.find((server) => server.port === port) ?? master;
    },
    servers,
    namedMaster,
    sentinel: ask,
    async onFailover(listener) {
      const news = clients.add(new Redis({ ...LISTENER, ...hosts[0] }));
      // "mymaster 127.0.0.1 <old port> 127.0.0.1 <new port>"
      news.on("message", (_channel, text: string) => {
        const [, , old, , promoted] = text.split(" ");
        listener(Number(old), Number(promoted));
      });
      await news.subscribe("+switch-master");
    },
    async stop() {
      clients.close();
      resumeAll(servers);
      await stop();
    },
  };
}

async function startPrimaries(): Promise<Deployment> {
  const { uri, nodes } = await startCluster({ args: DURABLE });
  const nodeName = "{chaos}";
  const clients = createClients();
  const owner = await ownerOf(nodes, nodeName);
  return {
    topology: "cluster",
    nodeName,
    uriFor: () => uri,
    network: () => undefined,
    connect: () => clients.add(new Redis(owner.port, "127.0.0.1", CLIENT)),
    listen: () => clients.add(new Redis(owner.port, "127.0.0.1", LISTENER)),
    primary: async () => owner,
    servers: nodes,
    namedMaster: async () => owner.port,
    sentinel: noSentinel,
    onFailover: async () => {},
    async stop() {
      clients.close();
      await end(nodes);
    },
  };
}

/** The one of the three that holds the namespace's slot; slots never move here. */
async function ownerOf(nodes: readonly TestRedis[], nodeName: string): Promise<TestRedis> {
  for (const node of nodes) {
    const client = new Redis(node.port, "127.0.0.1", CLIENT);
    const isOwner = await client.set(`${nodeName}:probe`, "1", "PX", 1).then(
      () => true,
      () => false,
    );
    client.disconnect();
    if (isOwner) return node;
  }
  throw new Error("no node owns the namespace's slot");
}

async function noSentinel(): Promise<never> {
  throw new Error("there is no sentinel here");
}

/** Deletes what a stopped server has on disk: it starts empty, and keeps its place in a Cluster. */
export function wipe(server: TestRedis): void {
  rmSync(join(server.dir, "appendonlydir"), { recursive: true, force: true });
  rmSync(join(server.dir, "dump.rdb"), { force: true });
}

const LISTENER = {
  retryStrategy: () => 100,
  sentinelRetryStrategy: () => 100,
  reconnectOnError: (error: Error) => error.message.startsWith("READONLY"),
};

/** Peers wait for Redis as long as it takes, but no single command for ever. */
const CLIENT = { ...LISTENER, maxRetriesPerRequest: 1, commandTimeout: 3_000 };

function createClients() {
  const opened = new Set<Redis>();
  let isClosed = false;
  return {
    add(client: Redis): Redis {
      client.on("error", () => {});
      redialWhenEnded(client, () => isClosed);
      opened.add(client);
      return client;
    },
    close() {
      isClosed = true;
      for (const client of opened) client.disconnect();
    },
  };
}

async function end(servers: readonly TestRedis[]): Promise<void> {
  resumeAll(servers);
  await Promise.all(servers.map((server) => server.stop()));
}

/** A stopped process does not hear SIGTERM. */
function resumeAll(servers: readonly TestRedis[]): void {
  for (const { pid } of servers) if (pid > 0) process.kill(pid, "SIGCONT");
}
