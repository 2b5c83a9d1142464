// Keys of every Redis type that no known subsystem wrote: what "custom" means.

import { PRODUCTS, USERS } from "./people.mjs";

const DAY_S = 86_400;

export async function seedStructures({ redis, keyspace }) {
  const name = (...parts) => keyspace.systemPrefix + parts.join(":");
  const pipeline = redis.pipeline();
  pipeline.hset(name("inventory", "lisbon"), Object.fromEntries(PRODUCTS.map(({ sku, stock }) => [sku, stock])));
  pipeline.hset(name("settings", "payment"), {
    provider: "examplepay",
    currency: "EUR",
    api_key: "sk_demo_not_a_real_key",
    retries: 3,
  });
  pipeline.del(name("recent", "logins"));
  pipeline.rpush(name("recent", "logins"), ...USERS.slice(0, 40).map(({ email }) => email));
  pipeline.sadd(name("newsletter", "subscribers"), ...USERS.map(({ email }) => email));
  pipeline.zadd(name("leaderboard"), ...USERS.flatMap(({ id, name: who }) => [(id * 7_919) % 1_000, who]));
  pipeline.del(name("audit-trail"));
  for (const { id, city } of USERS) {
    pipeline.xadd(name("audit-trail"), "MAXLEN", "~", 500, "*", "user", id, "event", "sign-in", "city", city);
  }
  pipeline.setbit(name("bitmap", "active-days"), 365, 1);
  pipeline.pfadd(name("visitors", "unique"), ...USERS.map(({ email }) => email));
  pipeline.set(name("legacy", "flag"), "on");
  pipeline.set(name("report", "cursor"), "7f3a", "EX", DAY_S);
  for (const [error] of await pipeline.exec()) if (error) throw error;
}
