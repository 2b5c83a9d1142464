// npm run e2e [-- playwright arguments]: the end-to-end tests against the production build, in worlds of their own.

import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { ensureApp, ensureCore } from "./lib/build.mjs";
import { findChromium } from "./lib/chromium.mjs";
import { openWorld } from "./lib/e2e-world.mjs";
import { Failure } from "./lib/failure.mjs";
import { ROOT } from "./lib/paths.mjs";
import { redisBinary } from "./lib/redis-binary.mjs";
import { complain, say } from "./lib/say.mjs";

/** Each takes a browser, a console and a Redis: about a core. */
const WORKERS = Number(process.env.E2E_WORKERS) || Math.min(4, Math.max(2, availableParallelism()));

try {
  process.chdir(ROOT);
  await ensureCore(say);
  await ensureApp(say);
  process.exitCode = await runPlaywright(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  complain(error.message);
  process.exitCode = 1;
}

async function runPlaywright(args) {
  const binary = await redisBinary(say);
  const worlds = await Promise.all(Array.from({ length: WORKERS }, () => openWorld(binary)));
  const env = {
    ...process.env,
    REDIS_SERVER_BIN: binary,
    CHROMIUM_PATH: findChromium() ?? "",
    E2E_WORLDS: JSON.stringify(worlds.map(({ world }) => world)),
  };
  const output = process.env.E2E_OUTPUT ?? "test-results";
  const command = ["node_modules/@playwright/test/cli.js", "test", `--output=${output}`, ...args];
  const child = spawn(process.execPath, command, { env, stdio: "inherit" });
  // A signal reaches the tests by their own group; what they were run in is ours to clear away.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  const code = await new Promise((resolve) => child.once("exit", (status) => resolve(status ?? 1)));
  await Promise.all(worlds.map(({ close }) => close()));
  return code;
}
