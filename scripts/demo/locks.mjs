// Locks that are really held: $cache locks around orders, and the system locks of one-at-a-time jobs.

import { pause, pick } from "./rhythm.mjs";

const ORDERS = Array.from({ length: 20 }, (_, index) => `order-lock:${7_000 + index}`);

const RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

export function playLocks({ cache, redis, keyspace, instanceId, every }) {
  every(2_500, async () => {
    const key = pick(ORDERS);
    if (!(await cache.acquire(key, instanceId, 10_000))) return;
    await pause(1_500 + Math.random() * 4_000);
    await cache.release(key, instanceId);
  });
  every(20_000, async () => {
    const key = keyspace.systemLock("bootstrap-script-execution");
    if (!(await redis.set(key, instanceId, "PX", 30_000, "NX"))) return;
    await pause(8_000);
    await redis.eval(RELEASE, 1, key, instanceId);
  });
}
