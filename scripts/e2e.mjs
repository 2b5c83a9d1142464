// npm run e2e [-- playwright arguments]: the end-to-end tests against the production build, in a world of their own.

import { spawn } from "node:child_process";
import { ensureApp, ensureCore } from "./lib/build.mjs";
import { findChromium } from "./lib/chromium.mjs";
import { openWorld } from "./lib/e2e-world.mjs";
import { Failure } from "./lib/failure.mjs";
import { ROOT } from "./lib/paths.mjs";
import { complain, say } from "./lib/say.mjs";

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
  const world = await openWorld(say);
  const env = { ...process.env, ...world.env, CHROMIUM_PATH: findChromium() ?? "" };
  const output = process.env.E2E_OUTPUT ?? "test-results";
  const command = ["node_modules/@playwright/test/cli.js", "test", `--output=${output}`, ...args];
  const child = spawn(process.execPath, command, { env, stdio: "inherit" });
  // A signal reaches the tests by their own group; what they were run in is ours to clear away.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  const code = await new Promise((resolve) => child.once("exit", (status) => resolve(status ?? 1)));
  await world.close();
  return code;
}
