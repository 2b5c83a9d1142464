// Embedded mode: everything the console needs and nobody configured. Kept in .data, readable by its owner only.

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { hashPassword } from "../../lib/server/access/scrypt.mjs";
import { randomPassword, readAccounts, writeAccounts } from "./accounts.mjs";
import { startEmbeddedRedis } from "./embedded-redis.mjs";
import { remember } from "./files.mjs";
import { redisBinary } from "./redis-binary.mjs";

/** Starts Redis and fills in what the environment leaves open. @returns the Redis, and the first admin when it is new */
export async function startEmbedded({ data, say, onDeath }) {
  const binary = await redisBinary(say);
  const redis = await startEmbeddedRedis({ binary, dir: join(data, "redis"), onDeath });
  const env = process.env;
  env.REDIS_URI = redis.uri;
  env.NODE_NAME ||= "demo";
  env.REDIS_USER_CACHE_LIMIT_MB ||= "30";
  env.NEXTAUTH_SECRET ||=
    env.AUTH_SECRET || remember(join(data, "secret"), () => randomBytes(32).toString("base64url"));
  const hasSignIn = env.USERS || env.USERS_FILE || env.OIDC_ISSUER;
  return { ...redis, firstAdmin: hasSignIn ? null : await firstAdmin(join(data, "users.json")) };
}

/** One admin, made at the very first start; its password is printed then and never kept. */
async function firstAdmin(file) {
  process.env.USERS_FILE = file;
  if (readAccounts(file).length > 0) return null;
  const password = randomPassword();
  writeAccounts(file, [{ name: "admin", role: "admin", hash: await hashPassword(password) }]);
  return { name: "admin", password };
}
