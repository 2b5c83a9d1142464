// Who listens and who works on this Redis, whatever namespace they say they are of: channels of the known bases (PUBSUB)
// and the names connections gave themselves (CLIENT LIST). Names only; no key of another namespace is ever looked at.

import { Cluster, type Redis } from "ioredis";
import type { Connections } from "../../core/redis/connections.ts";
import { unlessRefused } from "../redis-facts.ts";

/** Workers of one queue under one prefix. */
export interface QueueWorkers {
  readonly prefix: string;
  readonly queue: string;
  readonly connections: number;
}

export interface Audience {
  /** Channel in full → subscribers, over all nodes; null where the ACL refuses PUBSUB. */
  readonly channels: ReadonlyMap<string, number> | null;
  /** null where the ACL refuses CLIENT LIST. */
  readonly workers: readonly QueueWorkers[] | null;
  /** Consoles like this one, which listen but are not meant. */
  readonly consoles: number;
}

/** How the console's subscribing connection is called. */
export const CONSOLE_NAME = "keydeck:console";

/** Each node knows its own subscribers and clients only, so all are asked. */
export async function readAudience(
  connections: Connections,
  { bases, namespace }: { bases: readonly string[]; namespace: string | undefined },
): Promise<Audience> {
  const perNode = await connections.run(() =>
    Promise.all(
      nodesOf(connections).map(async (node) => ({
        channels: await unlessRefused(subscribers(node, bases)),
        clients: await unlessRefused(node.client("LIST") as Promise<string>),
      })),
    ),
  );
  const names = perNode.flatMap(({ clients }) => clientNames(clients ?? ""));
  const isConsole = `${consoleName(namespace)}:sub`;
  return {
    channels: perNode.some(({ channels }) => channels === null)
      ? null
      : perNode.flatMap(({ channels }) => channels ?? []).reduce(add, new Map<string, number>()),
    workers: perNode.some(({ clients }) => clients === null) ? null : workersAmong(names),
    consoles: names.filter((name) => name === isConsole).length,
  };
}

/** How often each channel is subscribed to; null where the ACL refuses to say. */
export async function countReceivers(
  connections: Connections,
  channels: readonly string[],
): Promise<ReadonlyMap<string, number> | null> {
  const perNode = await connections.run(() =>
    Promise.all(nodesOf(connections).map((node) => unlessRefused(numsub(node, channels)))),
  );
  if (perNode.some((counts) => counts === null)) return null;
  return perNode.flatMap((counts) => counts ?? []).reduce(add, new Map<string, number>());
}

/** Consoles of one namespace share a name, so that they can be told from the instances that listen. */
export function consoleName(namespace: string | undefined): string {
  return `${CONSOLE_NAME}:${namespace ?? "_"}`;
}

function nodesOf({ client }: Connections): Redis[] {
  return client instanceof Cluster ? client.nodes("all") : [client];
}

type Count = readonly [channel: string, subscribers: number];

async function subscribers(node: Redis, bases: readonly string[]): Promise<Count[]> {
  const found = (await node.pubsub("CHANNELS", "enfyra:*-sync*")) as string[];
  const known = found.filter((channel) => bases.some((base) => channel === base || channel.startsWith(`${base}:`)));
  return known.length === 0 ? [] : numsub(node, known);
}

async function numsub(node: Redis, channels: readonly string[]): Promise<Count[]> {
  const reply = (await node.pubsub("NUMSUB", ...channels)) as (string | number)[];
  return channels.map((channel, index) => [channel, Number(reply[index * 2 + 1])]);
}

function add(sum: Map<string, number>, [channel, count]: Count): Map<string, number> {
  return sum.set(channel, (sum.get(channel) ?? 0) + count);
}

function clientNames(list: string): string[] {
  return list.split("\n").flatMap((line) => / name=(\S+)/.exec(line)?.[1] ?? []);
}

/** BullMQ calls a worker's connection `prefix:base64(queue)`, with `:w:<name>` behind it when the worker has a name. */
function workersAmong(names: readonly string[]): QueueWorkers[] {
  const found = new Map<string, { prefix: string; queue: string; connections: number }>();
  for (const name of names) {
    const worker = workerOf(name);
    if (worker === null) continue;
    const key = JSON.stringify(worker);
    const known = found.get(key) ?? { ...worker, connections: 0 };
    found.set(key, { ...known, connections: known.connections + 1 });
  }
  return [...found.values()];
}

const WORKER = /^(?<prefix>[^:]+(?::[^:]+)*?):(?<encoded>[A-Za-z0-9+/]+={0,2})(?::w:.*)?$/;

function workerOf(name: string): { prefix: string; queue: string } | null {
  const { prefix, encoded } = WORKER.exec(name)?.groups ?? {};
  if (!prefix || !encoded || prefix.startsWith("keydeck")) return null;
  const queue = Buffer.from(encoded, "base64").toString("latin1");
  // Many words are base64 by chance; a queue's name decodes to plain text and back.
  const isName = /^[\x21-\x7e]{2,}$/.test(queue) && Buffer.from(queue).toString("base64") === encoded;
  return isName ? { prefix, queue } : null;
}
