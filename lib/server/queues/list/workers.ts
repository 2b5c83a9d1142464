// Who works on which queue. A BullMQ worker names its connection `prefix:base64(queue)`, or with `:w:<name>` behind it,
// so one CLIENT LIST tells all workers of all queues, and those that wait for a queue of ours under another prefix.

import type { PrefixMismatch, QueueWorker } from "../../../contracts/queues.ts";
import { StorePermission } from "../../../core/errors.ts";
import type { Connections } from "../../../core/redis/connections.ts";
import { mapStoreError } from "../../../core/redis/store-error.ts";

export interface Workforce {
  /** Workers of a queue under our prefix; null when nobody may know. */
  of(queue: string): QueueWorker[] | null;
  mismatches(queue: string): PrefixMismatch[];
  /** Queues under our prefix that have workers. */
  readonly queues: readonly string[];
  /** Why nothing is known; null when it is. */
  readonly because: string | null;
}

/** `prefix:base64` and perhaps `:w:name`; what ends otherwise (`:qe`) is no worker. */
const WORKER = /^(.+?):([A-Za-z0-9+/]+={0,2})(?::w:(.*))?$/;

const LONGEST_NAME = 2_048;

/** Asks all nodes. @throws {StoreUnavailable} */
export async function readWorkforce(connections: Connections, prefix: string): Promise<Workforce> {
  try {
    return parseWorkforce(await clientLists(connections), prefix);
  } catch (error) {
    if (!(error instanceof StorePermission)) throw error;
    const because = "This Redis user may not see who is connected (CLIENT LIST), so workers are not known.";
    return { of: () => null, mismatches: () => [], queues: [], because };
  }
}

async function clientLists(connections: Connections): Promise<string[]> {
  return connections
    .run(async (client) => {
      const nodes = "nodes" in client ? client.nodes() : [client];
      const lists = await Promise.all(nodes.map((node) => node.client("LIST")));
      return lists.map(String);
    })
    .catch((error: unknown) => {
      throw mapStoreError(error);
    });
}

export function parseWorkforce(lists: readonly string[], prefix: string): Workforce {
  const byQueue = new Map<string, Map<string, QueueWorker[]>>();
  for (const workers of lists.flatMap(workersOnNode)) {
    const prefixes = byQueue.get(workers.queue) ?? new Map<string, QueueWorker[]>();
    byQueue.set(workers.queue, prefixes);
    // On Redis Cluster one worker may be connected to several nodes: the node with most of them knows all.
    if (workers.list.length > (prefixes.get(workers.prefix)?.length ?? 0)) prefixes.set(workers.prefix, workers.list);
  }
  return {
    because: null,
    queues: [...byQueue].filter(([, prefixes]) => prefixes.has(prefix)).map(([queue]) => queue),
    of: (queue) => byQueue.get(queue)?.get(prefix) ?? [],
    mismatches: (queue) =>
      Array.from(byQueue.get(queue) ?? [])
        .filter(([other]) => other !== prefix)
        .map(([other, list]) => ({ queue, prefix: other, workers: list.length })),
  };
}

interface Crew {
  readonly queue: string;
  readonly prefix: string;
  readonly list: QueueWorker[];
}

function workersOnNode(clients: string): Crew[] {
  const crews = new Map<string, Crew>();
  for (const line of clients.split("\n")) {
    const name = / name=(\S+)/.exec(line)?.[1];
    const match = name === undefined ? null : WORKER.exec(name.slice(0, LONGEST_NAME));
    const queue = match && queueOf(match[2]!);
    if (!match || !queue) continue;
    const id = `${match[1]}:${match[2]}`;
    const crew = crews.get(id) ?? { queue, prefix: match[1]!, list: [] };
    crews.set(id, crew);
    crew.list.push(toWorker(line, match[3]));
  }
  return [...crews.values()];
}

/** null for what is not the base64 of a queue's name: another program's connection. */
function queueOf(base64: string): string | null {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length === 0 || bytes.toString("base64") !== base64) return null;
  const name = bytes.toString();
  return name.includes("\ufffd") || name.includes(":") ? null : name;
}

function toWorker(line: string, name: string | undefined): QueueWorker {
  const field = (key: string) => new RegExp(`(?:^| )${key}=(\\S*)`).exec(line)?.[1] ?? "";
  return {
    name: name ? name : null,
    address: field("addr"),
    ageMs: Number(field("age")) * 1_000,
    idleMs: Number(field("idle")) * 1_000,
  };
}
