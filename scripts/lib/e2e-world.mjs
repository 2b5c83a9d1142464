// What one worker's end-to-end tests run in: a throw-away Redis, and the production build started the way operators start it.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hashPassword } from "../../lib/server/access/scrypt.mjs";
import { ROLES, randomPassword } from "./accounts.mjs";
import { outlivesNot, stopChild } from "./child.mjs";
import { startEmbeddedRedis } from "./embedded-redis.mjs";
import { Failure } from "./failure.mjs";
import { ROOT } from "./paths.mjs";
import { freePort } from "./ports.mjs";

const READY_MS = 60_000;

/** @returns the world as e2e/fixtures.ts reads it, and how to end it */
export async function openWorld(binary) {
  const folder = mkdtempSync(join(tmpdir(), "keydeck-e2e-"));
  const redis = await startEmbeddedRedis({ binary, dir: join(folder, "redis"), onDeath: console.error });
  const password = randomPassword();
  const console_ = await startConsole({ folder, redis, password }).catch(async (error) => {
    // A Redis that goes on would keep this process, and whoever waits for it.
    await redis.stop();
    throw error;
  });
  return {
    world: { url: console_.url, redisUri: redis.uri, nodeName: "e2e", password },
    async close() {
      await console_.stop();
      await redis.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startConsole({ folder, redis, password }) {
  const accounts = await Promise.all(ROLES.map(async (role) => `${role}:${role}:${await hashPassword(password)}`));
  const port = await freePort();
  // Empty means unset, and keeps a developer's .env out of the tests.
  const neutral = Object.fromEntries(
    ["ENVIRONMENT", "NEXTAUTH_URL", "OIDC_ISSUER", "TRUST_PROXY", "USERS_FILE", "API_TOKENS"].map((name) => [name, ""]),
  );
  const env = {
    ...process.env,
    ...neutral,
    HOST: "127.0.0.1",
    PORT: String(port),
    DATA_DIR: join(folder, "data"),
    REDIS_URI: redis.uri,
    NODE_NAME: "e2e",
    REDIS_USER_CACHE_LIMIT_MB: "30",
    READ_ONLY_QUEUES: "archive",
    NEXTAUTH_SECRET: randomPassword(),
    USERS: accounts.join(","),
  };
  const child = spawn(process.execPath, ["scripts/start.mjs"], { cwd: ROOT, env, detached: true, stdio: "pipe" });
  const untie = outlivesNot(child);
  child.once("exit", untie);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output = (output + chunk).slice(-20_000);
    });
  }
  const url = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + READY_MS; !(await isReady(url)); await sleep(100)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stopChild(child);
      throw new Failure(`The console under test did not get ready:\n${output.trim()}`);
    }
  }
  return { url, stop: () => stopChild(child, 10_000) };
}

async function isReady(url) {
  try {
    return (await fetch(`${url}/api/health/ready`)).ok;
  } catch {
    return false;
  }
}
