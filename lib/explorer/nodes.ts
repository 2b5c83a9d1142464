// The Redis processes a walk goes through.

import type { Redis } from "ioredis";
import { type Connections, mapStoreError } from "../core/redis/connections.ts";
import { refusalOrThrow } from "./queues.ts";

export interface Node {
  readonly redis: Redis;
  /** The process's run id: a SCAN cursor is good for this process only. */
  readonly id: string;
  /** DBSIZE; 0 where Redis refuses it. */
  readonly size: number;
}

/** The nodes that hold the namespace, in an order that stays; one round trip. */
export async function surveyNodes(connections: Connections): Promise<Node[]> {
  const nodes = await connections.run(async () => {
    const primaries = await connections.primaries();
    return Promise.all(primaries.map(surveyNode));
  });
  return nodes.sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function surveyNode(redis: Redis): Promise<Node> {
  const ask = (answer: Promise<unknown>) => answer.catch((error: unknown) => refusalOrThrow(mapStoreError(error)));
  const [server, size] = await Promise.all([ask(redis.info("server")), ask(redis.dbsize())]);
  const runId = /^run_id:(\w+)/m.exec(String(server))?.[1];
  return {
    redis,
    id: runId ?? `${redis.options.host}:${redis.options.port}`,
    size: typeof size === "number" ? size : 0,
  };
}
