// BullMQ over the console's own connection: one for all queues, however many there are. A `Queue` here never writes the
// queue's meta, as an application's does when it starts: looking at a queue must not change it.

import {
  type IQueueBackend,
  Job,
  type JobsOptions,
  Queue,
  QueueKeys,
  RedisConnection,
  RedisQueueBackend,
} from "bullmq";
import type { Keyspace } from "../../core/keyspace.ts";
import type { Connections } from "../../core/redis/connections.ts";

export interface Bullmq {
  readonly prefix: string;
  /** BullMQ's public API for one queue. */
  queue(name: string): Queue;
  /** The layer below it: one call, one of BullMQ's scripts; for what the API would read too much, or too often. */
  backend(name: string): IQueueBackend;
  /** A job to act on, made of its id alone: to retry a job of 5 MB it need not be read. */
  job(queue: string, id: string, options?: JobsOptions): Job;
  /** A key of a queue, `prefix:queue:type`; a job's is its id. */
  key(name: string, type: string): string;
  /** Whether BullMQ keeps something else of a queue where a job of this id would lie. */
  isReserved(id: string): boolean;
  /** Queue and id of a job's full key; null when the key is under another prefix. */
  parseJobKey(key: string): { queue: string; id: string } | null;
}

export function createBullmq({ connections, keyspace }: { connections: Connections; keyspace: Keyspace }): Bullmq {
  const prefix = keyspace.queuePrefix;
  const keys = new QueueKeys(prefix);
  const queues = new Map<string, Queue>();
  let root: RedisQueueBackend | undefined;

  /** Made on first use: it needs no Redis to be made, and one that is away does not spoil it. */
  function rootBackend(): RedisQueueBackend {
    if (root) return root;
    // Unasked, BullMQ takes the oldest version it supports and walks lists in Lua for what Redis does itself since 6.0.6.
    RedisConnection.minimumVersion = "6.2.0";
    const connection = new RedisConnection(connections.client, {
      ...{ shared: true, blocking: false, skipVersionCheck: true, skipWaitingForReady: true },
    });
    connection.on("error", () => {});
    const options = { connection: connections.client, prefix };
    root = new RedisQueueBackend(connection, "", keys.getKeys(""), (type) => keys.toKey("", type), options);
    root.on("error", () => {});
    return root;
  }

  const bullmq: Bullmq = {
    prefix,
    job: (queue, id, options = {}) => new Job(bullmq.queue(queue), "", null, options, id),
    backend: (name) => rootBackend().forQueue(name, prefix),
    key: (name, type) => keys.toKey(name, type),
    isReserved: (id) => Object.hasOwn(keys.getKeys(""), id),
    queue(name) {
      const known = queues.get(name);
      if (known) return known;
      if (queues.size >= MAX_KEPT) queues.clear();
      const options = { connection: connections.client, prefix, skipMetasUpdate: true };
      const queue = new Queue(name, options, () => rootBackend().forQueue(name, prefix) as RedisQueueBackend);
      queue.on("error", () => {});
      queues.set(name, queue);
      return queue;
    },
    parseJobKey(key) {
      if (!key.startsWith(`${prefix}:`)) return null;
      const end = key.indexOf(":", prefix.length + 1);
      return end < 0 ? null : { queue: key.slice(prefix.length + 1, end), id: key.slice(end + 1) };
    },
  };
  return bullmq;
}

/** They are small, and share everything; only a namespace of thousands is forgotten now and then. */
const MAX_KEPT = 2_000;
