// npm run chaos -- --minutes 10 [--seed 7] [--topology standalone|sentinel|cluster]
// A long run that breaks real Redis servers, links and processes at random, and says what did not hold. The tests run a
// short one. Everything is on loopback and ends with this process.

import { spawn } from "node:child_process";
import { ensureDependencies } from "./lib/dependencies.mjs";
import { Failure } from "./lib/failure.mjs";
import { ROOT } from "./lib/paths.mjs";
import { redisBinary } from "./lib/redis-binary.mjs";
import { complain, say } from "./lib/say.mjs";

try {
  process.chdir(ROOT);
  await ensureDependencies(say);
  const env = { ...process.env, REDIS_SERVER_BIN: await redisBinary(say) };
  const args = ["--import", "tsx", "lib/testing/chaos/main.ts", ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("exit", (code) => process.exit(code ?? 130));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  complain(error.message);
  process.exit(1);
}
