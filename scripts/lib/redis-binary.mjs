// Finds a redis-server, or gets one the ordinary way.

import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./child.mjs";
import { npm } from "./dependencies.mjs";
import { Failure } from "./failure.mjs";
import { dataDir } from "./paths.mjs";

/** @returns the path of a redis-server or valkey-server */
export async function redisBinary(say) {
  const chosen = process.env.REDIS_SERVER_BIN;
  if (chosen) {
    if (isExecutable(chosen)) return chosen;
    throw new Failure(`REDIS_SERVER_BIN names ${chosen}, which cannot be run; correct it or leave it unset.`);
  }
  const found = onPath("redis-server") ?? onPath("valkey-server");
  if (found) return found;
  return (await install(say)) ?? (await compile(say)) ?? refuse();
}

/** The first executable of that name on PATH. */
export function onPath(name) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

async function install(say) {
  if (onPath("apt-get") && process.getuid?.() === 0) {
    const done = say("Installing redis-server with apt");
    if (await aptInstall(["redis-server"])) done();
    return onPath("redis-server");
  }
  if (process.platform === "darwin" && onPath("brew")) {
    const done = say("Installing redis with brew");
    const { code } = await run("brew", ["install", "--quiet", "redis"], {
      env: { ...process.env, HOMEBREW_NO_AUTO_UPDATE: "1" },
    });
    if (code === 0) done();
    return onPath("redis-server");
  }
  return undefined;
}

/** Installs Debian packages; root only. @returns whether it worked */
export async function aptInstall(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const wait = ["-o", "DPkg::Lock::Timeout=300", "-qq", "-y"];
  await run("apt-get", [...wait, "update"], { env });
  const { code } = await run("apt-get", [...wait, "install", "--no-install-recommends", ...packages], { env });
  return code === 0;
}

/** The last resort: redis-memory-server compiles Redis from its sources. Not a dependency: 70 packages for this case. */
async function compile(say) {
  const home = join(dataDir(), "redis-memory-server");
  const built = () => binariesUnder(join(home, "binaries"))[0];
  if (built()) return built();
  if (!onPath("make") || !(onPath("cc") || onPath("gcc") || onPath("clang"))) return undefined;
  const done = say("Compiling redis-server with redis-memory-server (a few minutes)");
  // Its install script is kept from running, so that one place decides where the binary goes.
  const env = { ...process.env, REDISMS_DISABLE_POSTINSTALL: "1", REDISMS_DOWNLOAD_DIR: join(home, "binaries") };
  const installed = await npm(["install", "--prefix", home, "--no-save", "redis-memory-server@0.17.1"], { env });
  if (installed.code !== 0) return undefined;
  const script = "require('redis-memory-server/lib/util/RedisBinary').default.getPath()";
  const { code } = await run(process.execPath, ["-e", script], { cwd: home, env });
  if (code === 0) done();
  return built();
}

function binariesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === "redis-server")
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(isExecutable);
}

function refuse() {
  const cure =
    process.platform === "darwin" ? "brew install redis" : "sudo apt-get install redis-server (or dnf install valkey)";
  throw new Failure(
    `No redis-server was found and none could be installed; run \`${cure}\`, or set REDIS_URI to a Redis you have.`,
  );
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
