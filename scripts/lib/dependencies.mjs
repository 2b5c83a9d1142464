// Installs the dependencies when, and only when, node_modules is not what the lock file says.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./child.mjs";
import { alone } from "./claim.mjs";
import { Failure } from "./failure.mjs";
import { ROOT } from "./paths.mjs";

export async function ensureDependencies(say) {
  if (isInstalled()) return;
  await alone(join(ROOT, ".install.lock"), async () => {
    if (isInstalled()) return;
    const done = say("Installing dependencies (once, about a minute)");
    const { code, output } = await npm(["ci", "--include=dev", "--no-progress"]);
    if (code !== 0) {
      const reason = /npm error (?!code|A complete log|Log files|errno|\s*$)(.*)/.exec(output)?.[1];
      throw new Failure(
        `The dependencies could not be installed (${reason ?? `npm ci ended with ${code}`}). Check the network, then run \`npm ci\` to see everything it says.`,
      );
    }
    done();
  });
}

/** Compares npm's own record of what it installed with the lock file; packages for other platforms may be absent. */
export function isInstalled() {
  const wanted = readPackages("package-lock.json");
  const present = readPackages("node_modules/.package-lock.json");
  if (!wanted || !present) return false;
  const names = Object.keys(wanted).filter((name) => name !== "");
  return (
    names.every((name) => wanted[name].optional || present[name]?.version === wanted[name].version) &&
    Object.keys(present).every((name) => present[name].version === wanted[name]?.version)
  );
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(join(ROOT, file), "utf8")).packages;
  } catch {
    return null;
  }
}

/** The npm that runs us, or the one on PATH. */
export function npm(args, options = {}) {
  const path = process.env.npm_execpath;
  const settings = { cwd: ROOT, ...options };
  return path?.endsWith(".js") || path?.endsWith(".cjs")
    ? run(process.execPath, [path, ...args], settings)
    : run("npm", args, settings);
}
