// What does a fenced lock cost, beside an unfenced one (SET NX and a compare-and-delete script) and beside redis-semaphore?
// All three use the same client, turn by turn, so that whatever disturbs one disturbs the others.

import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { Mutex } from "redis-semaphore";
import { createKeyspace } from "../lib/core/keyspace.ts";
import { createLocks } from "../lib/core/lock/redis-locks.ts";
import { createConnections } from "../lib/core/redis/connections.ts";
import { startChaosProxy } from "../lib/testing/chaos-proxy.ts";
import { startRedis } from "../lib/testing/redis.ts";
import { microseconds, percentile, type Report } from "./report.ts";

const RUNS = 7;
const LOCKS = 1_000;
const TTL_MS = 60_000;
const RELEASE = `if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end return 0`;

type Contender = "ours" | "unfenced" | "redis-semaphore";
type Operation = (index: number) => Promise<unknown>;

export async function run(): Promise<Report> {
  const server = await startRedis();
  const link = await startChaosProxy(server.port);
  try {
    const rows: Record<string, string | number>[] = [
      await measureAt(server.port, "acquire and release, loopback", 2_000),
    ];
    link.delay(1);
    rows.push(await measureAt(link.port, "acquire and release, 1 ms link", 60));
    rows.push(await measureHandOver(server.port));
    const [loopback] = rows;
    const version = /redis_version:(\S+)/.exec(await server.connect().info("server"))?.[1] ?? "";
    return {
      name: "locks",
      question: `µs per lock taken and given back, ${RUNS} runs`,
      rows,
      bars: [
        bar("a fenced lock ≤ 1.15 × an unfenced one (p50)", Number(loopback?.ratio), 1.15),
        bar("and not slower than redis-semaphore (p50)", Number(loopback?.["ratio to redis-semaphore"]), 1),
      ],
      context: { redis: version },
    };
  } finally {
    await link.close();
    await server.stop();
  }
}

function bar(name: string, ratio: number, limit: number): Report["bars"][number] {
  return { bar: name, measured: String(ratio), held: ratio <= limit };
}

async function measureAt(port: number, operation: string, count: number) {
  const connections = createConnections({ uri: `redis://127.0.0.1:${port}` });
  await connections.ready();
  const client = connections.client as Redis;
  client.defineCommand("releaseUnfenced", { numberOfKeys: 1, lua: RELEASE });
  const releaseUnfenced = (
    client as Redis & { releaseUnfenced: (key: string, token: string) => Promise<number> }
  ).releaseUnfenced.bind(client);
  const locks = createLocks({
    ...{ connections, keyspace: createKeyspace("ours"), instanceId: "a".repeat(32) },
    limitBytes: 30 * 1024 * 1024, // the default
  });
  const contenders: Record<Contender, Operation> = {
    async ours(index) {
      const lease = await locks.acquire(`lock:${index % LOCKS}`, { ttlMs: TTL_MS });
      if (!(await lease?.release())) throw new Error("the lock was not ours");
    },
    async unfenced(index) {
      const [key, token] = [`unfenced:lock:${index % LOCKS}`, randomUUID()];
      if (!(await client.set(key, token, "PX", TTL_MS, "NX"))) throw new Error("the lock was not free");
      if ((await releaseUnfenced(key, token)) !== 1) throw new Error("the lock was not ours");
    },
    async "redis-semaphore"(index) {
      const mutex = new Mutex(client, `lock:${index % LOCKS}`, { lockTimeout: TTL_MS });
      await mutex.acquire();
      await mutex.release();
    },
  };
  try {
    return { operation, ...(await compare(contenders, count)) };
  } finally {
    await locks.close();
    await connections.close();
  }
}

/** Samples of all runs; each ratio is the median of the runs' own ratios of p50. */
async function compare(contenders: Record<Contender, Operation>, count: number) {
  const names = Object.keys(contenders) as Contender[];
  const samples: Record<Contender, number[]> = { ours: [], unfenced: [], "redis-semaphore": [] };
  const ratios: Record<"unfenced" | "redis-semaphore", number[]> = { unfenced: [], "redis-semaphore": [] };
  for (const name of names) for (let index = 0; index < Math.min(count, 500); index++) await contenders[name](index);
  for (let round = 0; round < RUNS; round++) {
    const from = samples.ours.length;
    for (let index = 0; index < count; index++) {
      // Nobody always comes after the same one.
      for (let turn = 0; turn < names.length; turn++) {
        const name = names[(index + turn) % names.length] as Contender;
        const startedAt = performance.now();
        await contenders[name](index);
        samples[name].push(performance.now() - startedAt);
      }
    }
    const p50 = (name: Contender) => percentile(samples[name].slice(from), 0.5);
    for (const other of ["unfenced", "redis-semaphore"] as const) ratios[other].push(p50("ours") / p50(other));
  }
  const at = (name: Contender, p: number) => microseconds(percentile(samples[name], p));
  return {
    p50: at("ours", 0.5),
    p95: at("ours", 0.95),
    p99: at("ours", 0.99),
    "unfenced p50": at("unfenced", 0.5),
    "unfenced p99": at("unfenced", 0.99),
    "redis-semaphore p50": at("redis-semaphore", 0.5),
    "redis-semaphore p99": at("redis-semaphore", 0.99),
    ratio: Number(percentile(ratios.unfenced, 0.5).toFixed(2)),
    "ratio to redis-semaphore": Number(percentile(ratios["redis-semaphore"], 0.5).toFixed(2)),
  };
}

/** From a release on one instance to the lock held by one that waited on another. */
async function measureHandOver(port: number) {
  const open = () => createConnections({ uri: `redis://127.0.0.1:${port}` });
  const [here, there] = [open(), open()];
  await Promise.all([here.ready(), there.ready()]);
  const keyspace = createKeyspace("ours");
  const locksOf = (connections: typeof here, id: string) =>
    createLocks({ connections, keyspace, instanceId: id.repeat(32), limitBytes: 0 });
  const [one, two] = [locksOf(here, "a"), locksOf(there, "b")];
  const samples: number[] = [];
  for (let round = 0; round < 200; round++) {
    const lease = await one.acquire("handed", { ttlMs: TTL_MS });
    const waiting = two.acquire("handed", { ttlMs: TTL_MS, waitMs: TTL_MS });
    while ((await one.inspect("handed")).waiters.length === 0);
    const startedAt = performance.now();
    const [next] = await Promise.all([waiting, lease?.release()]);
    samples.push(performance.now() - startedAt);
    await next?.release();
  }
  await Promise.all([one.close(), two.close()]);
  await Promise.all([here.close(), there.close()]);
  const at = (p: number) => microseconds(percentile(samples, p));
  return { operation: "handed over to who waits, loopback", p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
