// Which class a name has, queues included. Whether a queue exists is asked by the TYPE of its meta key and remembered for
// a few seconds: a page of jobs asks once, not once per job.

import type { KeyClass } from "../contracts/key-classes.ts";
import type { Keyspace } from "../core/keyspace.ts";
import type { Connections } from "../core/redis/connections.ts";
import { classify, queueMetaOf } from "./key-class.ts";
import { refusalOrThrow } from "./refusal.ts";

const REMEMBER_MS = 5_000;
const MAX_REMEMBERED = 10_000;

/** The classes of names, in their order; one round trip at most, none when no unknown queue is among them. */
export async function classifyKeys(
  connections: Connections,
  keyspace: Keyspace,
  names: readonly Buffer[],
): Promise<KeyClass[]> {
  const metas = names.map((name) => queueMetaOf(keyspace, name));
  const isQueue = await askQueues(connections, metas);
  return names.map((name, index) => classify(keyspace, name, isQueue(metas[index]!)));
}

/** Whether classifying these names takes a round trip. */
export function mustAsk(connections: Connections, keyspace: Keyspace, names: readonly Buffer[]): boolean {
  const memory = memoryOf(connections);
  return names.some((name) => {
    const meta = queueMetaOf(keyspace, name);
    return meta !== null && memory.recall(meta) === undefined;
  });
}

async function askQueues(
  connections: Connections,
  metas: readonly (Buffer | null)[],
): Promise<(meta: Buffer | null) => boolean> {
  const memory = memoryOf(connections);
  const unknown = new Map<string, Buffer>();
  const answers = new Map<string, boolean>();
  for (const meta of metas) {
    if (meta === null) continue;
    const known = memory.recall(meta);
    if (known === undefined) unknown.set(idOf(meta), meta);
    else answers.set(idOf(meta), known);
  }
  await Promise.all(
    Array.from(unknown, async ([id, meta]) => {
      const type = await connections.call("TYPE", meta).catch(refusalOrThrow);
      if (type instanceof Error) return;
      memory.learn(meta, type === "hash");
      answers.set(id, type === "hash");
    }),
  );
  return (meta) => meta !== null && (answers.get(idOf(meta)) ?? false);
}

class QueueMemory {
  readonly #answers = new Map<string, { isQueue: boolean; until: number }>();

  recall(meta: Buffer): boolean | undefined {
    const answer = this.#answers.get(idOf(meta));
    return answer && answer.until > Date.now() ? answer.isQueue : undefined;
  }

  learn(meta: Buffer, isQueue: boolean): void {
    if (this.#answers.size >= MAX_REMEMBERED) this.#answers.clear();
    this.#answers.set(idOf(meta), { isQueue, until: Date.now() + REMEMBER_MS });
  }
}

const memories = new WeakMap<Connections, QueueMemory>();

function memoryOf(connections: Connections): QueueMemory {
  const known = memories.get(connections);
  if (known) return known;
  const memory = new QueueMemory();
  memories.set(connections, memory);
  return memory;
}

function idOf(meta: Buffer): string {
  return meta.toString("latin1");
}
