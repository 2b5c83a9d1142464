// npm run demo: the demo cluster alone, against REDIS_URI and NODE_NAME, until Ctrl-C.

import { existsSync } from "node:fs";
import { startDemo } from "./demo/cluster.mjs";
import { ensureCore } from "./lib/build.mjs";
import { ensureDependencies } from "./lib/dependencies.mjs";
import { Failure } from "./lib/failure.mjs";
import { ROOT } from "./lib/paths.mjs";
import { complain, say } from "./lib/say.mjs";

try {
  process.chdir(ROOT);
  if (existsSync(".env")) process.loadEnvFile(".env");
  await main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  complain(error.message);
  process.exit(1);
}

async function main() {
  const { REDIS_URI, NODE_NAME } = process.env;
  if (!REDIS_URI || !NODE_NAME) {
    throw new Failure(
      "The demo writes sample data, so it wants to be told where: REDIS_URI=redis://… NODE_NAME=demo npm run demo. `npm start` without REDIS_URI starts one by itself.",
    );
  }
  await ensureDependencies(say);
  await ensureCore(say);
  const { probeRedis } = await import("./lib/probe.mjs");
  const { address } = await probeRedis(REDIS_URI, NODE_NAME);
  const demo = startDemo({ onDeath: complain });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.once(signal, async () => {
      await demo.stop();
      process.exit(0);
    });
  }
  await demo.seeded;
  process.stdout.write(`  Three demo instances write to ${NODE_NAME} on ${address}. Ctrl-C stops them.\n`);
}
