// Builds what is stale: the library (dist/core, which `keydeck/core` resolves to) and the production app (.next).
// Stale is decided by the contents of the sources, so neither a checkout nor a touch rebuilds anything.

import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./child.mjs";
import { alone } from "./claim.mjs";
import { Failure } from "./failure.mjs";
import { ROOT } from "./paths.mjs";

const CORE = {
  sources: ["lib/core", "tsconfig.lib.json", "package-lock.json"],
  result: "dist/core/index.js",
  stamp: "dist/core/.stamp",
};
const APP = {
  sources: [
    "app",
    "components",
    "lib",
    "public",
    "instrumentation.ts",
    "proxy.ts",
    "next.config.mjs",
    "postcss.config.mjs",
    "tsconfig.json",
    "package-lock.json",
  ],
  result: ".next/BUILD_ID",
  stamp: ".next/.stamp",
};

/** Builds `dist/core` if it is stale, in about a second. */
export const ensureCore = (say) => ensure(CORE, buildCore, say, "Building the core library");

/** Builds the production app if it is stale, in about a minute on two cores. */
export const ensureApp = (say) => ensure(APP, buildApp, say, "Building the console (about a minute)");

async function ensure(target, build, say, sentence) {
  if (isFresh(target)) return;
  await alone(join(ROOT, ".build.lock"), async () => {
    if (isFresh(target)) return;
    const done = say(sentence);
    rmSync(join(ROOT, target.stamp), { force: true });
    // Taken before the build: what is edited meanwhile makes the result stale again.
    const hash = hashOf(target.sources);
    await build();
    writeFileSync(join(ROOT, target.stamp), hash);
    done();
  });
}

async function buildCore() {
  rmSync(join(ROOT, "dist/core"), { recursive: true, force: true });
  await mustRun("The core library does not compile", ["node_modules/typescript/bin/tsc", "-p", "tsconfig.lib.json"]);
  for (const file of filesIn("lib/core")) {
    if (file.endsWith(".lua")) cpSync(join(ROOT, file), join(ROOT, file.replace(/^lib/, "dist")));
  }
}

/** Types of routes that may be gone: a stopped `npm run dev` leaves them, and they would not compile. */
export function dropDevTypes() {
  rmSync(join(ROOT, ".next/dev/types"), { recursive: true, force: true });
}

async function buildApp() {
  dropDevTypes();
  await mustRun("The console does not build", ["node_modules/next/dist/bin/next", "build"]);
}

async function mustRun(what, args) {
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" };
  const { code, output } = await run(process.execPath, args, { cwd: ROOT, env });
  if (code !== 0) throw new Failure(`${what}:\n${output.trim()}`);
}

function isFresh({ sources, result, stamp }) {
  if (!existsSync(join(ROOT, result)) || !existsSync(join(ROOT, stamp))) return false;
  return readFileSync(join(ROOT, stamp), "utf8") === hashOf(sources);
}

/** One hash over the names and contents of all sources; tests and what only they use change no build. */
function hashOf(sources) {
  const hash = createHash("sha256").update(process.version);
  for (const file of sources.flatMap(filesIn)) hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
  return hash.digest("hex");
}

/** Relative paths under `path`, which may be a file, a folder, or absent. */
function filesIn(path) {
  if (!existsSync(join(ROOT, path))) return [];
  try {
    return readdirSync(join(ROOT, path), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(join(ROOT, "/").length))
      .filter((file) => !file.startsWith("lib/testing/"))
      .sort();
  } catch (error) {
    if (error.code === "ENOTDIR") return [path];
    throw error;
  }
}
