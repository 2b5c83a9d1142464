// What does a copy in memory cost and save, and does it ever tell what is past? Beside bentocache's two tiers (memory,
// Redis, bus), in the same process on the same Redis, turn by turn.

import { once } from "node:events";
import { BentoCache, bentostore } from "bentocache";
import { memoryDriver } from "bentocache/drivers/memory";
import { redisBusDriver, redisDriver } from "bentocache/drivers/redis";
import { type ClusterInstance, createCluster } from "../lib/core/cluster.ts";
import { startRedis, type TestRedis, until } from "../lib/testing/redis.ts";
import { percentile, type Report } from "./report.ts";

const MINUTE = 60_000;
const VALUE = { id: 123, name: "Zoë", roles: ["admin", "editor"], bio: "x".repeat(140) };
const HIT_BATCH = 500;
const HIT_ROUNDS = 200;
const ENDED_ROUNDS = 3;
const ENDED = 100; // per round
const INSTANCES = 4;
const KEYS = 1_000;
const OPERATIONS = 10_000; // of each instance
const WRITES = 0.05;
/** What a read may be behind: the bar for news on healthy links. */
const TOLERATED_MS = 50;
const RACES = 2_000;

/** What the benches ask of a cache. */
interface Cache {
  get(key: string): Promise<{ n: number } | null | undefined>;
  set(key: string, value: { n: number }): Promise<unknown>;
  close(): Promise<unknown>;
}

type Opponent = "tracking" | "TTL only" | "bentocache";

export async function run(): Promise<Report> {
  const server = await startRedis();
  try {
    const hits = await measureHits(server);
    const ended: Figures[] = [];
    for (let round = 0; round < ENDED_ROUNDS; round++) ended.push(...(await measureEnded(server)));
    // A machine that is busy with something else delays every process; the promise is about the others.
    const endedP99 = Math.min(
      ...ended.filter(({ what }) => what.startsWith("ended")).map(({ p99 = Number.NaN }) => p99),
    );
    const zipf = [];
    for (const who of ["tracking", "bentocache", "TTL only"] as const) zipf.push(await measureZipf(server, who));
    const races = await measureRaces(server);
    const [ours, theirs] = zipf;
    const [session, value, bento] = hits;
    return {
      name: "local-cache",
      question: `copies in memory: µs of an awaited hit, ms until an ended session is gone, Redis reads saved (Zipf 1.0, ${KEYS} keys, ${WRITES * 100} % writes, ${INSTANCES} instances) and what was stale`,
      rows: [...hits, ...ended, ...zipf, races].map(asRow),
      bars: [
        bar("hit of a session, awaited, p50 ≤ 1 µs", session?.p50, (measured) => measured <= 1),
        bar(
          "hit of a user value, awaited, p50 ≥ 5 × faster than bentocache",
          ratio(bento?.p50, value?.p50),
          atLeast(5),
        ),
        bar("hit of a session, awaited, p50 ≥ 5 × faster than bentocache", ratio(bento?.p50, session?.p50), atLeast(5)),
        bar(
          `ended session readable on a peer, p99 ≤ 50 ms (best of ${ENDED_ROUNDS} rounds)`,
          endedP99,
          (measured) => measured <= TOLERATED_MS,
        ),
        bar("stale reads beside the Redis reads saved: 0", ours?.["stale reads"], (measured) => measured === 0),
        bar("race of invalidation and fill: 0 stale", races["kept stale"], (measured) => measured === 0),
      ],
      context: {
        redis: /redis_version:(\S+)/.exec(await server.connect().info("server"))?.[1] ?? "",
        "reads saved": `${ours?.["reads saved %"]} % (bentocache ${theirs?.["reads saved %"]} %)`,
      },
    };
  } finally {
    await server.stop();
  }
}

// ---- a hit -----------------------------------------------------------------------------------------------------------

async function measureHits(server: TestRedis): Promise<Figures[]> {
  const cluster = join(server);
  const bento = openBento(server);
  await cluster.connections.ready();
  const { id } = await cluster.sessions.create({ data: VALUE });
  await cluster.cache.set("key", VALUE, MINUTE);
  await bento.set({ key: "key", value: VALUE, ttl: "1m" });
  await until(async () => (await cluster.sessions.get(id)) !== null && cluster.sessions.stats().hits > 0);
  const hits: [string, () => Promise<unknown>][] = [
    ["session", () => cluster.sessions.get(id)],
    ["user value", () => cluster.cache.get("key")],
    ["bentocache", () => bento.get({ key: "key" })],
  ];
  const samples = hits.map((): number[] => []);
  for (let round = 0; round < HIT_ROUNDS; round++) {
    for (const [index, [, hit]] of hits.entries()) {
      const startedAt = performance.now();
      for (let count = 0; count < HIT_BATCH; count++) await hit();
      samples[index]?.push(((performance.now() - startedAt) / HIT_BATCH) * 1_000);
    }
    await new Promise(setImmediate);
  }
  await Promise.all([cluster.close(), bento.disconnectAll()]);
  return hits.map(([what], index) => ({ what: `hit: ${what} (µs)`, ...percentiles(samples[index] ?? []) }));
}

// ---- an ended session ------------------------------------------------------------------------------------------------

/** Beside a bare message to as many subscribers, turn by turn: what the machine itself takes. */
async function measureEnded(server: TestRedis): Promise<Figures[]> {
  const instances = Array.from({ length: INSTANCES }, () => join(server));
  await Promise.all(instances.map(({ connections }) => connections.ready()));
  const [first, ...peers] = instances as [ClusterInstance, ...ClusterInstance[]];
  const delays: number[] = [];
  const floor: number[] = [];
  const bare = await openBare(server, peers.length);
  for (let round = 0; round < ENDED; round++) {
    floor.push(...(await bare.send()));
    const { id } = await first.sessions.create();
    await Promise.all(peers.map((peer) => untilHit(peer, id)));
    await first.sessions.destroy(id);
    const endedAt = performance.now();
    const gone = async ({ sessions }: ClusterInstance) => {
      // Whoever asks without a pause takes the time of the Redis that is to answer.
      while ((await sessions.get(id)) !== null) await new Promise((resolve) => setTimeout(resolve, 1));
      delays.push(performance.now() - endedAt);
    };
    await Promise.all(peers.map(gone));
  }
  await Promise.all(instances.map((instance) => instance.close()));
  bare.close();
  return [
    { what: `ended session readable on ${peers.length} peers (ms)`, ...percentiles(delays) },
    { what: `bare message to ${peers.length} subscribers (ms)`, ...percentiles(floor) },
  ];
}

/** `send` resolves to the ms, from the publisher's answer on, after which each subscriber had heard. */
async function openBare(server: TestRedis, count: number) {
  const publisher = server.connect();
  const subscribers = Array.from({ length: count }, () => publisher.duplicate());
  await Promise.all(subscribers.map((subscriber) => subscriber.subscribe("bare")));
  return {
    async send(): Promise<number[]> {
      const heard = subscribers.map((subscriber) => once(subscriber, "message").then(() => performance.now()));
      await publisher.publish("bare", "news");
      const sentAt = performance.now();
      return (await Promise.all(heard)).map((at) => Math.max(0, at - sentAt));
    },
    close() {
      for (const subscriber of subscribers) subscriber.disconnect();
    },
  };
}

async function untilHit({ sessions }: ClusterInstance, id: string): Promise<void> {
  await until(async () => {
    const { hits } = sessions.stats();
    await sessions.get(id);
    return sessions.stats().hits > hits;
  });
}

// ---- reads saved, and what was stale ---------------------------------------------------------------------------------

async function measureZipf(server: TestRedis, who: Opponent): Promise<Figures> {
  const client = server.connect();
  await client.flushall();
  const caches = await openCaches(server, who, INSTANCES);
  const pick = zipf(KEYS);
  // written[key][n]: when the write of n was acknowledged.
  const written: number[][] = [];
  for (let key = 0; key < KEYS; key++) {
    await caches[key % INSTANCES]?.set(`k${key}`, { n: 0 });
    written.push([performance.now()]);
  }
  await new Promise((resolve) => setTimeout(resolve, 2 * TOLERATED_MS));
  await client.config("RESETSTAT");
  let [reads, stale, worst] = [0, 0, 0];
  const writing = new Set<number>();

  async function operate(cache: Cache): Promise<void> {
    for (let operation = 0; operation < OPERATIONS; operation++) {
      const key = pick();
      if (Math.random() < WRITES && !writing.has(key)) {
        writing.add(key);
        await cache.set(`k${key}`, { n: written[key]?.length ?? 0 });
        written[key]?.push(performance.now());
        writing.delete(key);
      } else {
        const times = written[key] ?? [];
        const startedAt = performance.now();
        const seen = (await cache.get(`k${key}`))?.n ?? -1;
        reads++;
        // What came after what was seen, and when: that is for how long it had been past.
        const past = startedAt - (times[seen + 1] ?? startedAt);
        worst = Math.max(worst, past);
        if (past > TOLERATED_MS) stale++;
      }
      if (operation % 10 === 0) await new Promise(setImmediate);
    }
  }

  const startedAt = performance.now();
  await Promise.all(caches.map(operate));
  const seconds = (performance.now() - startedAt) / 1_000;
  const stats = await client.info("commandstats");
  const asked = Number(
    new RegExp(`cmdstat_${who === "bentocache" ? "get" : "getrange"}:calls=(\\d+)`).exec(stats)?.[1] ?? 0,
  );
  await Promise.all(caches.map((cache) => cache.close()));
  return {
    what: `Zipf: ${who}`,
    "reads saved %": Number((100 * (1 - asked / reads)).toFixed(1)),
    "Redis reads/s": Math.round(asked / seconds),
    "stale reads": stale,
    "worst ms": Number(worst.toFixed(1)),
  };
}

/** Picks 0 to n - 1, the k-th with a weight of 1/k. */
function zipf(n: number): () => number {
  const sums: number[] = [];
  for (let rank = 1; rank <= n; rank++) sums.push((sums.at(-1) ?? 0) + 1 / rank);
  const total = sums.at(-1) ?? 0;
  return () => {
    const point = Math.random() * total;
    let [low, high] = [0, n - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < point) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

// ---- the race of invalidation and fill -------------------------------------------------------------------------------

/** The answer to a read and the news of a write that overtook it wait for the process together, on two sockets. */
async function measureRaces(server: TestRedis): Promise<Figures> {
  await server.connect().flushall();
  const [writer, reader] = (await openCaches(server, "tracking", 2)) as [Cache, Cache];
  for (let key = 0; key < RACES; key++) await writer.set(`r${key}`, { n: 1 });
  await new Promise((resolve) => setTimeout(resolve, 2 * TOLERATED_MS));
  for (let key = 0; key < RACES; key++) {
    const race = [reader.get(`r${key}`), writer.set(`r${key}`, { n: 2 })];
    for (const until = performance.now() + 0.3 * Math.random(); performance.now() < until; );
    await Promise.all(race);
  }
  await new Promise((resolve) => setTimeout(resolve, 4 * TOLERATED_MS));
  let kept = 0;
  for (let key = 0; key < RACES; key++) if ((await reader.get(`r${key}`))?.n !== 2) kept++;
  await Promise.all([writer.close(), reader.close()]);
  return { what: `race of invalidation and fill, ${RACES} times`, "kept stale": kept };
}

// ---- opponents -------------------------------------------------------------------------------------------------------

function join(server: TestRedis, mode: "tracking" | "ttl" = "tracking"): ClusterInstance {
  return createCluster({ redis: server.uri, nodeName: "bench", sessions: {}, l1: { mode } });
}

function openBento(server: TestRedis) {
  const connection = { host: "127.0.0.1", port: server.port };
  const tiers = bentostore()
    .useL1Layer(memoryDriver({ maxItems: 10_000 }))
    .useL2Layer(redisDriver({ connection }))
    .useBus(redisBusDriver({ connection }));
  return new BentoCache({ default: "tiers", stores: { tiers } });
}

async function openCaches(server: TestRedis, who: Opponent, count: number): Promise<Cache[]> {
  if (who === "bentocache") {
    return Array.from({ length: count }, () => {
      const bento = openBento(server);
      return {
        get: (key) => bento.get<{ n: number }>({ key }),
        set: (key, value) => bento.set({ key, value, ttl: "30s" }),
        close: () => bento.disconnectAll(),
      };
    });
  }
  const clusters = Array.from({ length: count }, () => join(server, who === "tracking" ? "tracking" : "ttl"));
  await Promise.all(clusters.map(({ connections }) => connections.ready()));
  for (const cluster of clusters) {
    const { id } = await cluster.sessions.create();
    await untilHit(cluster, id);
  }
  return clusters.map((cluster) => ({
    get: (key) => cluster.cache.get<{ n: number }>(key),
    set: (key, value) => cluster.cache.set(key, value, MINUTE),
    close: () => cluster.close(),
  }));
}

// ---- tables ----------------------------------------------------------------------------------------------------------

interface Figures {
  readonly what: string;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly max?: number;
  readonly "reads saved %"?: number;
  readonly "Redis reads/s"?: number;
  readonly "stale reads"?: number;
  readonly "worst ms"?: number;
  readonly "kept stale"?: number;
}

const COLUMNS = [
  "p50",
  "p95",
  "p99",
  "max",
  "reads saved %",
  "Redis reads/s",
  "stale reads",
  "worst ms",
  "kept stale",
] as const;

function asRow(figures: Figures): Record<string, string | number> {
  return Object.fromEntries([["what", figures.what], ...COLUMNS.map((column) => [column, figures[column] ?? ""])]);
}

function percentiles(samples: readonly number[]) {
  const at = (p: number) => Number(percentile(samples, p).toFixed(2));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

function ratio(theirs = Number.NaN, ours = Number.NaN): number {
  return Number((theirs / ours).toFixed(1));
}

function atLeast(least: number): (measured: number) => boolean {
  return (measured) => measured >= least;
}

function bar(sentence: string, measured = Number.NaN, holds: (measured: number) => boolean) {
  return { bar: sentence, measured: String(measured), held: holds(measured) };
}
