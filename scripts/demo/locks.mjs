// Locks that are really held: orders worked on one at a time, a report everybody wants, a job that runs once per version,
// and two of the kinds one meets in grown code: `$cache.acquire` with a made-up holder, and a foreign server's lock that
// no book marks.

import { pause, pick } from "./rhythm.mjs";

const ORDERS = Array.from({ length: 12 }, (_, index) => `order-lock:${7_000 + index}`);
const VERSION_MS = 60_000;

export function playLocks({ cluster, cache, redis, keyspace, number, every }) {
  const { locks } = cluster;

  every(1_500, () => hold(pick(ORDERS), { ttlMs: 10_000, waitMs: 4_000, renew: true }, 1_500 + 4_000 * Math.random()));
  every(4_000, () => hold("report-lock:monthly", { ttlMs: 15_000, waitMs: 20_000, renew: true }, 3_000));
  every(20_000, () => {
    const version = `menu-${Math.floor(Date.now() / VERSION_MS)}`;
    return locks.runOnce("bootstrap-script-execution", { version }, () => pause(6_000));
  });

  async function hold(key, options, ms) {
    const lease = await locks.acquire(key, options);
    if (!lease) return;
    await pause(ms);
    await lease.release();
  }

  if (number !== 1) return;
  every(9_000, async () => {
    if (!(await cache.acquire("import-lock", "worker-7", 45_000))) return;
    await pause(12_000);
    await cache.release("import-lock", "worker-7");
  });
  every(12_000, () => takeAsForeignServer(redis, keyspace, "billing-lock:2026-11", 40_000));
}

/** The documented several-round-trip algorithm, which knows no book of locks. */
async function takeAsForeignServer(redis, keyspace, key, ttlMs) {
  const name = keyspace.userCache(key);
  const holder = "e1f6c2b8-1d5e-4a52-9c1b-6c5b1f0f2d10";
  if (!(await redis.set(name, holder, "PX", ttlMs, "NX"))) return;
  const { lru, sizes, total } = keyspace.userCacheMeta;
  const counted = Number((await redis.hget(sizes, name)) ?? 0);
  await redis
    .multi()
    .hset(sizes, name, holder.length)
    .incrby(total, holder.length - counted)
    .zadd(lru, Date.now(), name)
    .exec();
}
