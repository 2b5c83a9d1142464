// A process that uses one user cache at random: run it with `node --import tsx`, arguments uri, node name, limit in
// bytes, operations, seed. Prints the codes of expected refusals as JSON and fails on anything unexpected.

import { Redis } from "ioredis";
import { createKeyspace } from "../core/keyspace.ts";
import { createUserCache } from "../core/user-cache/user-cache.ts";

const [uri = "", nodeName = "", limitBytes = "0", operations = "0", seed = "1"] = process.argv.slice(2);
const redis = new Redis(uri);
const cache = createUserCache({
  store: redis,
  keyspace: createKeyspace(nodeName),
  limitBytes: Number(limitBytes),
  maxValueBytes: 2_000,
});

let state = Number(seed) * 2_654_435_761;
/** An integer in [0, below): a linear congruential generator, so that a run can be repeated. */
function random(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

const anyKey = () => `key:${random(150)}`;
const anyLock = () => `lock:${random(8)}`;
const anyValue = () => "v".repeat(random(600));
const anyTtl = () => (random(2) === 0 ? 1 + random(60) : 60_000);

const OPERATIONS: (() => Promise<unknown>)[] = [
  () => cache.set(anyKey(), anyValue(), anyTtl()),
  () => cache.set(anyKey(), { text: anyValue() }, anyTtl()),
  () => cache.setNoExpire(anyKey(), anyValue()),
  () => cache.get(anyKey()),
  () => cache.get(anyKey()),
  () => cache.exists(anyKey(), "v"),
  () => cache.deleteKey(anyKey()),
  () => cache.acquire(anyLock(), seed, anyTtl()),
  () => cache.release(anyLock(), seed),
  () => cache.getOrSet(anyKey(), anyValue, { ttlMs: anyTtl() }),
];

const refusals: Record<string, number> = {};
for (let done = 0; done < Number(operations); done++) {
  try {
    await OPERATIONS[random(OPERATIONS.length)]?.();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== "QUOTA_EXCEEDED" && code !== "VALUE_TOO_LARGE") throw error;
    refusals[code] = (refusals[code] ?? 0) + 1;
  }
}
redis.disconnect();
console.log(JSON.stringify(refusals));
