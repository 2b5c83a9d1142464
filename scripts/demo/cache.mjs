// User-cache traffic: values an application would keep with $cache, of a fixed population so that nothing grows.

import { gzipSync } from "node:zlib";
import { Packr } from "msgpackr";
import { PRODUCTS, USERS } from "./people.mjs";
import { pick } from "./rhythm.mjs";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const REPORT_ROWS = 1_500;

export async function seedCache(demo) {
  const { cache } = demo;
  // Only what is missing: what an operator changed stays changed at the next start.
  const keep = async (key, value, ttlMs) => {
    if ((await cache.get(key)) !== null) return;
    await (ttlMs === undefined ? cache.setNoExpire(key, value) : cache.set(key, value, ttlMs));
  };
  await Promise.all([
    ...USERS.map((user) => keep(`user:${user.id}`, user, HOUR + user.id * MINUTE)),
    ...PRODUCTS.map((product) => keep(`product:${product.sku}`, product, 6 * HOUR)),
    ...USERS.slice(0, 24).map((user) => keep(`cart:${user.id}`, cartOf(user), 2 * HOUR)),
    keep("config:app", { theme: "system", locale: "en", maxUploadMb: 25, maintenance: false }),
    keep("config:features", { checkoutV2: true, darkMode: true, recommendations: 0.25 }),
    keep("config:motd", "Welcome back. Orders placed before 14:00 ship today."),
    keep("report:daily", reportOf(REPORT_ROWS), 12 * HOUR),
    keep("i18n:京都:greeting 👋", "ようこそ", 24 * HOUR),
    keep("search:index:version", "2026.11", HOUR),
  ]);
  const older = foreignWriter(demo);
  await Promise.all([
    // 2^53 + 1: an editor that goes through JavaScript numbers would save another account's id.
    older("ledger:account:9007199254740993", '{"id": 9007199254740993, "balance":  1250.10, "currency":"EUR"}', HOUR),
    older("export:orders.csv.gz", gzipSync(PRODUCTS.map(({ sku, stock }) => `${sku},${stock}`).join("\n")), HOUR),
    older(
      "telemetry:last",
      new Packr({ useRecords: false }).pack({ ok: true, at: new Date(), load: [0.4, 0.2] }),
      HOUR,
    ),
    older("thumbnail:avatar:1", Buffer.from(Array.from({ length: 2_048 }, (_, index) => (index * 73) % 256)), HOUR),
    older(Buffer.from([0x75, 0x70, 0x3a, 0xff, 0x00, 0x0a]), "a key whose name is not text", HOUR),
  ]);
}

/** Reads most, writes some. What a visitor is likely to edit (users, products, settings) is only read. */
export function playCache({ cache, every, number }) {
  const cacheFirst = async (key, load, ttlMs) => {
    if ((await cache.get(key)) === null) await cache.set(key, load, ttlMs);
  };
  every(700, () => {
    const user = pick(USERS);
    return cacheFirst(`user:${user.id}`, user, HOUR);
  });
  every(900, () => {
    const product = pick(PRODUCTS);
    return cacheFirst(`product:${product.sku}`, product, 6 * HOUR);
  });
  every(2_500, () => cache.set(`activity:${pick(USERS).id}`, { at: new Date().toISOString(), page: "/orders" }, HOUR));
  every(4_000, () => cache.set(`stock:${pick(PRODUCTS).sku}`, Math.floor(Math.random() * 100), 10 * MINUTE));
  every(5_000, () => cache.set(`presence:${pick(USERS).id}`, "online", 20_000));
  every(3_000, async () => {
    const seen = Number(await cache.get(`counter:visits:${number}`)) || 0;
    await cache.set(`counter:visits:${number}`, seen + 1, HOUR);
  });
  every(20_000, () => cache.deleteKey(`stock:${pick(PRODUCTS).sku}`));
}

/**
 * A service that is not built with this core and writes by the documented transaction: what it keeps the accounts of is
 * right, but it takes several round trips.
 */
function foreignWriter({ redis, keyspace }) {
  const { lru, sizes, total } = keyspace.userCacheMeta;
  return async (logicalKey, value, ttlMs) => {
    const key = Buffer.concat([Buffer.from(keyspace.userCachePrefix), Buffer.from(logicalKey)]);
    const bytes = Buffer.byteLength(value);
    if (await redis.exists(key)) return;
    const before = Number((await redis.hget(sizes, key)) ?? 0);
    await redis
      .multi()
      .set(key, value, "PX", ttlMs)
      .hset(sizes, key, bytes)
      .incrby(total, bytes - before)
      .zadd(lru, Date.now(), key)
      .exec();
  };
}

function cartOf(user) {
  const lines = PRODUCTS.slice(user.id % 40, (user.id % 40) + 3);
  return { userId: user.id, lines: lines.map(({ sku, price }) => ({ sku, quantity: 1, price })), coupon: null };
}

function reportOf(rows) {
  return {
    generatedAt: new Date().toISOString(),
    rows: Array.from({ length: rows }, (_, index) => ({
      sku: PRODUCTS[index % PRODUCTS.length].sku,
      sold: (index * 7) % 53,
      revenue: ((index * 7) % 53) * 19.9,
    })),
  };
}
