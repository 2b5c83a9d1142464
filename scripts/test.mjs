// `npm test`: everything that must hold, from whatever is there. One line per step; a step that fails shows all it said.
// The last line is `N passed, N failed`.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dropDevTypes, ensureApp, ensureCore } from "./lib/build.mjs";
import { run, stopRunning } from "./lib/child.mjs";
import { chromium } from "./lib/chromium.mjs";
import { ensureDependencies } from "./lib/dependencies.mjs";
import { Failure } from "./lib/failure.mjs";
import { ROOT } from "./lib/paths.mjs";
import { redisBinary } from "./lib/redis-binary.mjs";
import { complain, say } from "./lib/say.mjs";
import { requireSupportedSystem } from "./lib/system.mjs";

const BIOME = "node_modules/@biomejs/biome/bin/biome";
const NEXT = "node_modules/next/dist/bin/next";
const TSC = "node_modules/typescript/bin/tsc";
const VITEST = "node_modules/vitest/vitest.mjs";
/** What a test printed is of interest when it failed. */
const REPORT = ["--reporter=default", "--reporter=json", "--silent=passed-only"];

const total = { passed: 0, failed: 0 };
const reports = mkdtempSync(join(tmpdir(), "keydeck-test-"));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    stopRunning();
    process.exit(130);
  });
}

try {
  await prepare();
  await check("Lint", BIOME, "check", "--error-on-warnings");
  await check("Floors", "scripts/check-floors.mjs");
  dropDevTypes();
  await check("Route types", NEXT, "typegen");
  await check("Types", TSC, "--noEmit");
  await suite("Unit and integration tests", countVitest, VITEST, "run", ...REPORT);
  if (await isBuilt()) await endToEnd();
} catch (error) {
  total.failed++;
  complain(error instanceof Failure ? error.message : error.stack);
} finally {
  rmSync(reports, { recursive: true, force: true });
}
process.exitCode = total.failed > 0 ? 1 : 0;
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);

async function prepare() {
  requireSupportedSystem();
  process.chdir(ROOT);
  Object.assign(process.env, { NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" });
  await ensureDependencies(say);
  process.env.REDIS_SERVER_BIN = await redisBinary(say);
}

/** A step that passes or fails as a whole. */
async function check(title, ...command) {
  const { code } = await step(title, command);
  total[code === 0 ? "passed" : "failed"]++;
}

/** A step that counts its tests. */
async function suite(title, count, ...command) {
  const report = join(reports, `${count.name}.json`);
  // Both runners write their JSON where they are told; the rest of the environment is as it is.
  const { code } = await step(title, command, {
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    E2E_OUTPUT: join(reports, "e2e"),
    VITEST_JSON_FILE: report,
  });
  const { passed, failed } = existsSync(report)
    ? count(JSON.parse(readFileSync(report, "utf8")))
    : { passed: 0, failed: 0 };
  total.passed += passed;
  // A file that does not even load has no failed test, and is a failure all the same.
  total.failed += code === 0 ? failed : Math.max(1, failed);
  process.stdout.write(`    ${passed} passed, ${failed} failed\n`);
}

async function step(title, command, env = {}) {
  const done = say(title);
  const result = await run(process.execPath, command, { cwd: ROOT, env: { ...process.env, ...env } });
  done();
  if (result.code !== 0) complain(`${title} failed:\n${result.output.trim()}`);
  return result;
}

async function isBuilt() {
  try {
    await ensureCore(say);
    await ensureApp(say);
    total.passed++;
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    complain(error.message);
    total.failed++;
    return false;
  }
}

async function endToEnd() {
  const browser = await chromium(say);
  if (browser) {
    process.env.CHROMIUM_PATH = browser;
    await suite("End-to-end tests", countPlaywright, "scripts/e2e.mjs", "--reporter=list,json");
    return;
  }
  const sentence = "No Chromium was found and none could be installed: apt-get install chromium, or set CHROMIUM_PATH.";
  if (process.env.CI) throw new Failure(sentence);
  complain(`!!! THE END-TO-END TESTS WERE NOT RUN. ${sentence}`);
}

function countVitest({ numPassedTests, numFailedTests }) {
  return { passed: numPassedTests, failed: numFailedTests };
}

function countPlaywright({ stats }) {
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected };
}
