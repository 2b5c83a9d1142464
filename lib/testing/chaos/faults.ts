// What can be broken. Each fault breaks something and gives back how to mend it; it tells the timeline whom it may concern,
// so that the checks forgive what must be forgiven, and not more.

import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import { until } from "../redis.ts";
import { now } from "./clock.ts";
import { type Deployment, type TopologyName, wipe } from "./deployment.ts";
import type { World } from "./world.ts";

/** What the schedule chose for a fault. */
export interface FaultChoice {
  /** The place it strikes, if it strikes one. */
  readonly who: string;
  /** How strong: 0 to 999. */
  readonly strength: number;
}

/** What a fault strikes: the schedule never breaks the same kind of thing twice at a time. */
export type FaultKind = "server" | "instance" | "network";

export interface Fault {
  readonly kind: FaultKind;
  readonly topologies: readonly TopologyName[];
  /** Breaks something. @returns what mends it */
  inject(world: World, choice: FaultChoice): Promise<() => Promise<void>>;
}

const EVERYWHERE: readonly TopologyName[] = ["standalone", "sentinel", "cluster"];
const ALONE: readonly TopologyName[] = ["standalone"];
const RESTARTABLE: readonly TopologyName[] = ["standalone", "cluster"];
const SENTINEL: readonly TopologyName[] = ["sentinel"];

const server = (inject: Fault["inject"], topologies = EVERYWHERE): Fault => ({ kind: "server", topologies, inject });
const instance = (inject: Fault["inject"]): Fault => ({ kind: "instance", topologies: EVERYWHERE, inject });
const network = (inject: Fault["inject"]): Fault => ({ kind: "network", topologies: ALONE, inject });

export const FAULTS: Readonly<Record<string, Fault>> = {
  // ---- the server
  "flushed again and again": server(async (world) => {
    const flush = async () => {
      const from = now();
      await world.redis.flushall();
      world.timeline.lost(from, true);
    };
    await flush();
    const timer = setInterval(() => void flush().catch(() => {}), 700);
    return async () => clearInterval(timer);
  }),
  "restart, data kept": server((world) => restart(world, false), RESTARTABLE),
  "restart, empty": server((world) => restart(world, true), RESTARTABLE),
  "server stopped": server(async (world, { strength }) => {
    const { pid } = await world.deployment.primary();
    return stopServers(world, [pid], strength);
  }, RESTARTABLE),
  "other servers stopped": server(
    async (world, { strength }) => {
      const primary = await world.deployment.primary();
      const others = world.deployment.servers.filter(({ port }) => port !== primary.port);
      return stopServers(
        world,
        others.map(({ pid }) => pid),
        strength,
      );
    },
    ["sentinel", "cluster"],
  ),
  "subscribers killed": server(async (world) =>
    repeat(world, (client) => client.client("KILL", "TYPE", "PUBSUB"), 300),
  ),
  "clients killed": server(async (world) => repeat(world, (client) => client.client("KILL", "TYPE", "NORMAL"), 900)),
  "scripts forgotten": server(async (world) => {
    for (const client of directClients(world.deployment))
      await client.script("FLUSH").finally(() => client.disconnect());
    return async () => {};
  }),
  "garbage on every channel": server((world, { strength }) => shoutGarbage(world, strength)),
  "failover, master killed": server((world) => failOver(world, "kill"), SENTINEL),
  "failover, master stopped": server((world) => failOver(world, "stop"), SENTINEL),
  "failover, asked for": server((world) => failOver(world, "ask"), SENTINEL),

  // ---- an instance
  "instance killed": instance(async (world, { who }) => {
    const back = world.absent(who);
    world.dismiss(who)?.signal("SIGKILL");
    return async () => {
      await world.launch(who);
      back();
    };
  }),
  "instance stopped": instance(async (world, { who }) => {
    const back = world.absent(who);
    const process = world.instance(who);
    process?.signal("SIGSTOP");
    return async () => {
      process?.signal("SIGCONT");
      back();
    };
  }),
  "instance leaves": instance(async (world, { who }) => {
    const back = world.absent(who);
    await leave(world, who);
    return async () => {
      await world.launch(who);
      back();
    };
  }),
  "clock set wrong": instance(async (world, { who, strength }) => {
    const process = world.instance(who);
    const skewMs = (strength - 500) * 7_200;
    await process?.ask("skew", { ms: skewMs });
    // Set back in one jump, as a time daemon does.
    return async () => void (await process?.ask("skew", { ms: 0 }).catch(() => {}));
  }),

  // ---- the network of one instance
  "link slow": network((world, { who, strength }) =>
    troubleLink(
      world,
      who,
      (proxy) => proxy.delay(20 + strength / 2),
      (proxy) => proxy.delay(0),
    ),
  ),
  "link half open": network((world, { who }) =>
    troubleLink(
      world,
      who,
      (proxy) => proxy.freeze(),
      (proxy) => proxy.thaw(),
    ),
  ),
  "answers lost": network((world, { who }) =>
    troubleLink(
      world,
      who,
      (proxy) => proxy.freeze("answers"),
      (proxy) => proxy.thaw(),
    ),
  ),
  "link reset": network((world, { who }) =>
    troubleLink(
      world,
      who,
      (proxy) => proxy.reset(),
      () => {},
    ),
  ),
  "link dropped": network((world, { who }) =>
    troubleLink(
      world,
      who,
      (proxy) => proxy.drop(),
      () => {},
    ),
  ),
  "connections refused": network((world, { who }) =>
    troubleLink(
      world,
      who,
      (proxy) => proxy.down(),
      (proxy) => proxy.up(),
    ),
  ),
};

type Proxy = NonNullable<ReturnType<Deployment["network"]>>;

async function troubleLink(
  world: World,
  who: string,
  trouble: (proxy: Proxy) => void | Promise<void>,
  mend: (proxy: Proxy) => void | Promise<void>,
): Promise<() => Promise<void>> {
  const proxy = world.deployment.network(who);
  if (!proxy) throw new Error(`no network to break between ${who} and Redis`);
  const settle = world.timeline.unhealthy(who);
  await trouble(proxy);
  return async () => {
    await mend(proxy);
    settle();
  };
}

async function restart(world: World, isEmpty: boolean): Promise<() => Promise<void>> {
  const settle = world.disturbed();
  const primary = await world.deployment.primary();
  const from = now();
  await primary.stop("SIGKILL");
  if (isEmpty) wipe(primary);
  return async () => {
    await primary.start();
    if (isEmpty) world.timeline.lost(from, true);
    settle();
  };
}

async function stopServers(world: World, pids: readonly number[], strength: number): Promise<() => Promise<void>> {
  const settle = world.disturbed();
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  // Half of the time it is only slow: up to a second.
  const resume = () => {
    for (const pid of pids) process.kill(pid, "SIGCONT");
  };
  const timer = strength < 500 ? setTimeout(resume, 100 + strength * 2) : undefined;
  return async () => {
    clearTimeout(timer);
    resume();
    settle();
  };
}

/** Does something to every data server again and again. */
async function repeat(world: World, act: (client: Redis) => Promise<unknown>, everyMs: number) {
  const settle = world.disturbed();
  const clients = directClients(world.deployment);
  const strike = () => void Promise.all(clients.map((client) => act(client).catch(() => {})));
  strike();
  const timer = setInterval(strike, everyMs);
  return async () => {
    clearInterval(timer);
    for (const client of clients) client.disconnect();
    settle();
  };
}

function directClients(deployment: Deployment): Redis[] {
  return deployment.servers.map((server) => server.connect());
}

async function shoutGarbage(world: World, strength: number): Promise<() => Promise<void>> {
  const texts = [
    "",
    "{",
    "null",
    "[]",
    '"x"',
    '{"instanceId":7}',
    `garbage ${strength}`,
    "\u0000\uffff",
    '{"payload":{}}',
  ];
  texts.push(
    JSON.stringify({ instanceId: "x", type: "RELOAD_SIGNAL", timestamp: "soon", payload: { table: 5, ids: "no" } }),
  );
  texts.push(JSON.stringify({ type: "session_unheard_of", session_id: 5, node_id: null, timestamp: "never" }));
  texts.push(`{"instanceId":"${"y".repeat(100_000)}"}`);
  for (const text of texts) world.peers.expectGarbage(text);
  const channels = world.peers.channels.map((base) => world.keyspace.channel(base));
  const timer = setInterval(() => {
    const text = texts[Math.floor(Math.random() * texts.length)] ?? "";
    for (const channel of channels) void world.redis.publish(channel, text).catch(() => {});
  }, 50);
  return async () => clearInterval(timer);
}

/** Writes of the last second before may be lost: replication is asynchronous. */
const LOST_TAIL_MS = 1_000;

async function failOver(world: World, how: "kill" | "stop" | "ask"): Promise<() => Promise<void>> {
  const { deployment, timeline } = world;
  const settle = world.disturbed();
  world.isFailingOver = true;
  const old = await deployment.primary();
  const from = now() - LOST_TAIL_MS;
  if (how === "kill") await old.stop("SIGKILL");
  else if (how === "stop") process.kill(old.pid, "SIGSTOP");
  else await deployment.sentinel("FAILOVER", "mymaster");
  await until(async () => (await deployment.namedMaster()) !== old.port, 20_000);
  timeline.deposed(old.port, await deployment.namedMaster());
  timeline.lost(from, false);
  return async () => {
    if (how === "kill") await old.start();
    else if (how === "stop") process.kill(old.pid, "SIGCONT");
    // Sentinels make the old master a replica of the new one; until then it would take writes from who still knows it.
    await until(async () => (await roleOf(old.port, deployment)) === "slave", 20_000);
    timeline.lost(from, false);
    world.isFailingOver = false;
    settle();
    await pause(0);
  };
}

async function roleOf(port: number, deployment: Deployment): Promise<string> {
  const client = deployment.servers.find((server) => server.port === port)?.connect();
  try {
    return ((await client?.role()) as unknown[] | undefined)?.[0] as string;
  } catch {
    return "away";
  } finally {
    client?.disconnect();
  }
}

const LEAVE_MS = 8_000;

/** Asks an instance to leave, and sees whether anything keeps its process alive. */
export async function leave(world: World, who: string): Promise<void> {
  const process = world.dismiss(who);
  if (!process) return;
  await process.ask("rest", null);
  await process.ask("leave", null);
  const code = await Promise.race([process.ended, pause(LEAVE_MS, "still there" as const, { ref: false })]);
  if (code === 0) return;
  world.troubles.push(
    `${who}#${process.life} left, and its process is ${code === "still there" ? code : `ended with ${code}`}`,
  );
  process.signal("SIGKILL");
}
