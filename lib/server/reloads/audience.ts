// Who listens and who works on this Redis, whatever namespace they say they are of: subscribers of the known channels and
// the names that connections gave themselves. Names only; no key of another namespace is ever looked at.

import { Cluster, type Redis } from "ioredis";
import type { Connections } from "../../core/redis/connections.ts";
import type { ForeignChannel, ReloadReader } from "../../core/reload/types.ts";
import { unlessRefused } from "../overview/redis-facts.ts";

/** Workers of one queue under one prefix. */
export interface QueueWorkers {
  readonly prefix: string;
  readonly queue: string;
  readonly connections: number;
}

export interface Audience {
  /** Channel of this namespace → those who are meant to listen: consoles are left out. null where Redis refuses to say. */
  readonly receivers: ReadonlyMap<string, number> | null;
  /** The same base channels under other names. */
  readonly elsewhere: readonly ForeignChannel[];
  /** null where Redis refuses to say. */
  readonly workers: readonly QueueWorkers[] | null;
}

interface Parts {
  readonly connections: Connections;
  readonly reader: Pick<ReloadReader, "subscribers" | "mismatches">;
  readonly namespace: string | undefined;
}

export async function readAudience({ connections, reader, namespace }: Parts): Promise<Audience> {
  const [receivers, elsewhere, names] = await Promise.all([
    readReceivers({ connections, reader, namespace }),
    unlessRefused(reader.mismatches()),
    readClientNames(connections),
  ]);
  return { receivers, elsewhere: elsewhere ?? [], workers: names && workersAmong(names) };
}

/** How many listen on each channel of this namespace, consoles left out. */
export async function readReceivers({ connections, reader, namespace }: Parts): Promise<Audience["receivers"]> {
  const [counts, names] = await Promise.all([unlessRefused(reader.subscribers()), readClientNames(connections)]);
  if (counts === null) return null;
  const ears = `${consoleName(namespace)}:sub`;
  // Where CLIENT LIST is refused this console is the only one known of.
  const consoles = names === null ? 1 : names.filter((name) => name === ears).length;
  return new Map(Object.entries(counts).map(([channel, count]) => [channel, Math.max(0, count - consoles)]));
}

/** How a console's connections are called: those of one namespace alike, so that their ears can be told from instances'. */
export function consoleName(namespace: string | undefined): string {
  return `keydeck:console:${namespace ?? "_"}`;
}

/** Each node of a Cluster knows its own clients only. */
async function readClientNames(connections: Connections): Promise<string[] | null> {
  const { client } = connections;
  const nodes: Redis[] = client instanceof Cluster ? client.nodes("all") : [client];
  const lists = await connections.run(() =>
    Promise.all(nodes.map((node) => unlessRefused(node.client("LIST") as Promise<string>))),
  );
  if (lists.includes(null)) return null;
  return lists.flatMap((list) => Array.from(list?.matchAll(/ name=(\S+)/g) ?? [], ([, name]) => name ?? ""));
}

function workersAmong(names: readonly string[]): QueueWorkers[] {
  const found = new Map<string, QueueWorkers>();
  for (const name of names) {
    const worker = workerOf(name);
    if (worker === null) continue;
    const key = JSON.stringify(worker);
    found.set(key, { ...worker, connections: (found.get(key)?.connections ?? 0) + 1 });
  }
  return [...found.values()];
}

/** BullMQ calls a worker's connection `prefix:base64(queue)`, with `:w:<name>` behind it when the worker has a name. */
const WORKER = /^(?<prefix>.+?):(?<encoded>[A-Za-z0-9+/]+={0,2})(?::w:.*)?$/;

function workerOf(name: string): { prefix: string; queue: string } | null {
  const { prefix, encoded } = WORKER.exec(name)?.groups ?? {};
  if (!prefix || !encoded || prefix.startsWith("keydeck")) return null;
  const queue = Buffer.from(encoded, "base64").toString("latin1");
  // Many words are base64 by chance; a queue's name decodes to plain text and back.
  const isName = /^[\x21-\x7e]{2,}$/.test(queue) && Buffer.from(queue).toString("base64") === encoded;
  return isName ? { prefix, queue } : null;
}
