// `npm start` (and `npm run dev`, with --dev): from whatever is there to a working console, doing nothing twice.
// Plain Node: what needs node_modules is imported only after they are known to be there.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { readAddress, requireFree } from "./lib/address.mjs";
import { banner } from "./lib/banner.mjs";
import { ensureApp, ensureCore } from "./lib/build.mjs";
import { stopRunning } from "./lib/child.mjs";
import { claim } from "./lib/claim.mjs";
import { ensureDependencies } from "./lib/dependencies.mjs";
import { startEmbedded } from "./lib/embedded.mjs";
import { Failure } from "./lib/failure.mjs";
import { dataDir, ROOT } from "./lib/paths.mjs";
import { complain, say } from "./lib/say.mjs";
import { requireSupportedSystem } from "./lib/system.mjs";

const HARD_EXIT_MS = 8_000;
const dev = process.argv.includes("--dev");

/** What was opened; closed in the opposite order. */
const closers = [];
let stopping = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  // Impatience is answered: children are tied to this process and follow it by themselves.
  process.on(signal, () => (stopping && signal === "SIGINT" ? process.exit(130) : stop(0)));
}

try {
  await start();
} catch (error) {
  fail(error);
}

async function start() {
  requireSupportedSystem();
  process.chdir(ROOT);
  if (existsSync(".env")) process.loadEnvFile(".env");
  Object.assign(process.env, { NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: dev ? "development" : "production" });

  const address = readAddress();
  const data = dataDir();
  const mine = await claim(join(data, "console.json"));
  if (mine.holder) throw new Failure(alreadyRunning(mine.holder));
  closers.push(mine.release);
  await requireFree(address);

  await ensureDependencies(say);
  await ensureCore(say);
  const redis = await openRedis(data);
  if (!dev) await ensureApp(say);
  if (stopping) return;

  const hasDemo = redis.isEmbedded && process.env.DEMO !== "0";
  const { startServer } = await import("./server.mjs");
  const server = await startServer({ dev, ...address });
  closers.push(server.close);
  mine.tell({ url: server.url });
  const demo = hasDemo ? await openDemo() : null;
  // The very first visit should find data; later it is there already.
  if (redis.isNew) await demo?.seeded;
  if (!stopping) process.stdout.write(banner({ url: server.url, redis, data, hasDemo }));
}

/** The configured Redis, or one of our own. */
async function openRedis(data) {
  const { REDIS_URI, NODE_NAME } = process.env;
  if (REDIS_URI) {
    const { probeRedis } = await import("./lib/probe.mjs");
    return { isEmbedded: false, ...(await probeRedis(REDIS_URI, NODE_NAME)) };
  }
  const redis = await startEmbedded({ data, say, onDeath: (sentence) => fail(new Failure(sentence)) });
  closers.push(redis.stop);
  return { isEmbedded: true, ...redis };
}

async function openDemo() {
  const { startDemo } = await import("./demo/cluster.mjs");
  const demo = startDemo({ onDeath: complain });
  closers.push(demo.stop);
  return demo;
}

function alreadyRunning({ pid, url }) {
  return url
    ? `Keydeck already runs in this folder: ${url} (process ${pid}). Stop that one first, or set DATA_DIR and PORT for a second.`
    : `Keydeck is already being started in this folder by process ${pid}; wait for it, or stop it.`;
}

function fail(error) {
  if (stopping) return;
  complain(error instanceof Failure || error?.name === "ConfigError" ? error.message : (error?.stack ?? String(error)));
  stop(1);
}

async function stop(code) {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(code || 1), HARD_EXIT_MS).unref();
  stopRunning();
  for (const close of closers.reverse()) {
    try {
      await close();
    } catch (error) {
      complain(`While stopping: ${error?.message ?? error}`);
    }
  }
  process.exit(code);
}
