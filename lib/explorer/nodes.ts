// The Redis processes a walk goes through, and what a walk asks of them.

import type { Redis } from "ioredis";
import type { Connections } from "../core/redis/connections.ts";
import { mapStoreError } from "../core/redis/store-error.ts";
import { refusalOrThrow } from "./refusal.ts";

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
  const [server, size] = await Promise.all([
    redis.info("server").catch(refusalOrThrow),
    redis.dbsize().catch(refusalOrThrow),
  ]);
  const runId = /^run_id:(\w+)/m.exec(String(server))?.[1];
  return {
    redis,
    id: runId ?? `${redis.options.host}:${redis.options.port}`,
    size: typeof size === "number" ? size : 0,
  };
}

/** SCAN cursor per lane; null where a lane is walked to its end. SCAN cursors are 64 bits: text, never numbers. */
export type Lanes = readonly (string | null)[];

/** One step of a walk: a SCAN per lane, all in one round trip. Names of several lanes may repeat. */
export async function scanLanes(
  redis: Redis,
  patterns: readonly Buffer[],
  cursors: Lanes,
  { count, type }: { count: number; type?: string | undefined },
): Promise<{ next: Lanes; names: Buffer[] }> {
  const options = ["COUNT", count, ...(type ? ["TYPE", type] : [])];
  const replies = await Promise.all(
    cursors.map((cursor, lane) =>
      cursor === null ? null : redis.callBuffer("SCAN", cursor, "MATCH", patterns[lane]!, ...options),
    ),
  ).catch((error: unknown) => {
    throw mapStoreError(error);
  });
  const answers = replies as ([Buffer, Buffer[]] | null)[];
  const next = answers.map((answer) => (answer === null || String(answer[0]) === "0" ? null : String(answer[0])));
  return { next, names: answers.flatMap((answer) => answer?.[1] ?? []) };
}

/** Those of these names that exist. */
export async function existing(connections: Connections, names: readonly Buffer[]): Promise<Buffer[]> {
  const exists = await Promise.all(names.map((name) => connections.call("EXISTS", name)));
  return names.filter((_, index) => exists[index] === 1);
}
