// What does a user-cache operation cost, beside the documented algorithm of several round trips? Both run turn by turn
// in the same process on the same Redis, so that whatever disturbs one disturbs the other.

import { Redis } from "ioredis";
import { createKeyspace } from "../lib/core/keyspace.ts";
import { createUserCache } from "../lib/core/user-cache/user-cache.ts";
import { startChaosProxy } from "../lib/testing/chaos-proxy.ts";
import { createForeignWriter } from "../lib/testing/foreign-writer.ts";
import { startRedis } from "../lib/testing/redis.ts";
import { microseconds, percentile, type Report } from "./report.ts";

const RUNS = 5;
const KEYS = 1_000;
const MINUTE = 60_000;
const VALUE = { id: 123, name: "Zoë", roles: ["admin", "editor"], bio: "x".repeat(140) };
const BYTES = Buffer.byteLength(JSON.stringify(VALUE));

type Operation = (index: number) => Promise<unknown>;
interface Opponents {
  readonly ours: Operation;
  readonly foreign: Operation;
  /** The bare command, as the floor. */
  readonly bare: Operation;
}

export async function run(): Promise<Report> {
  const server = await startRedis();
  const link = await startChaosProxy(server.port);
  try {
    const rows = await measureAll(server.port, "loopback", 1_500);
    link.delay(1);
    rows.push(...(await measureAll(link.port, "1 ms link", 60)));
    const bars = rows.map(({ operation, ratio }) => ({
      bar: `${operation} ≤ 0.5 × the documented algorithm (p50)`,
      measured: String(ratio),
      held: Number(ratio) <= 0.5,
    }));
    const redis = server.connect();
    const version = /redis_version:(\S+)/.exec(await redis.info("server"))?.[1] ?? "";
    return {
      name: "user-cache",
      question: `µs per operation on ${KEYS} values of ${BYTES} bytes, ${RUNS} runs`,
      rows,
      bars,
      context: { redis: version },
    };
  } finally {
    await link.close();
    await server.stop();
  }
}

async function measureAll(port: number, where: string, count: number): Promise<Record<string, string | number>[]> {
  const client = new Redis(port);
  const roomy = open(client, 30 * 1024 * 1024); // the default
  const tight = open(client, KEYS * BYTES);
  const cases: [string, Opponents][] = [
    [
      "get",
      {
        ours: (index) => roomy.ours.get(`key:${index % KEYS}`),
        foreign: (index) => roomy.foreign.get(`key:${index % KEYS}`),
        bare: (index) => client.get(`ours:user_cache:key:${index % KEYS}`),
      },
    ],
    [
      "get of one hot key",
      {
        ours: () => roomy.ours.get("key:7"),
        foreign: () => roomy.foreign.get("key:7"),
        bare: () => client.get("ours:user_cache:key:7"),
      },
    ],
    [
      "set",
      {
        ours: (index) => roomy.ours.set(`key:${index % KEYS}`, VALUE, MINUTE),
        foreign: (index) => roomy.foreign.set(`key:${index % KEYS}`, VALUE, MINUTE),
        bare: (index) => client.set(`bare:${index % KEYS}`, JSON.stringify(VALUE), "PX", MINUTE),
      },
    ],
    [
      "set that evicts one",
      {
        ours: (index) => tight.ours.set(`new:${index}`, VALUE, MINUTE),
        foreign: (index) => tight.foreign.set(`new:${index}`, VALUE, MINUTE),
        bare: (index) => client.set(`bare:${index % KEYS}`, JSON.stringify(VALUE), "PX", MINUTE),
      },
    ],
    [
      "acquire and release",
      {
        ours: async (index) => {
          await roomy.ours.acquire(`lock:${index}`, "me", MINUTE);
          await roomy.ours.release(`lock:${index}`, "me");
        },
        foreign: async (index) => {
          await roomy.foreign.acquire(`lock:${index}`, "me", MINUTE);
          await roomy.foreign.release(`lock:${index}`, "me");
        },
        bare: async (index) => {
          await client.set(`bare-lock:${index}`, "me", "PX", MINUTE, "NX");
          await client.del(`bare-lock:${index}`);
        },
      },
    ],
  ];

  const rows = [];
  for (const [operation, opponents] of cases) {
    await client.flushall();
    for (let index = 0; index < KEYS; index++) {
      if (count < KEYS && index >= count) break;
      await roomy.ours.set(`key:${index}`, VALUE, MINUTE);
      await roomy.foreign.set(`key:${index}`, VALUE, MINUTE);
    }
    rows.push(await measure(`${operation}, ${where}`, opponents, count));
  }
  client.disconnect();
  return rows;
}

function open(client: Redis, limitBytes: number) {
  return {
    ours: createUserCache({ store: client, keyspace: createKeyspace("ours"), limitBytes }),
    foreign: createForeignWriter({ redis: client, nodeName: "theirs", limitBytes }),
  };
}

/** Samples of all runs; the ratio is the median of the runs' own ratios of p50. */
async function measure(operation: string, opponents: Opponents, count: number) {
  const samples: Record<keyof Opponents, number[]> = { ours: [], foreign: [], bare: [] };
  const ratios: number[] = [];
  for (let round = 0; round < RUNS; round++) {
    const from = samples.ours.length;
    for (let index = 0; index < count; index++) {
      for (const who of ["ours", "foreign", "bare"] as const) {
        const startedAt = performance.now();
        await opponents[who](round * count + index);
        samples[who].push(performance.now() - startedAt);
      }
    }
    ratios.push(percentile(samples.ours.slice(from), 0.5) / percentile(samples.foreign.slice(from), 0.5));
  }
  const at = (who: keyof Opponents, p: number) => microseconds(percentile(samples[who], p));
  return {
    operation,
    p50: at("ours", 0.5),
    p95: at("ours", 0.95),
    p99: at("ours", 0.99),
    "documented p50": at("foreign", 0.5),
    "documented p95": at("foreign", 0.95),
    "documented p99": at("foreign", 0.99),
    "bare p50": at("bare", 0.5),
    ratio: Number(percentile(ratios, 0.5).toFixed(2)),
  };
}
