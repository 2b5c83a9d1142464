import { existsSync } from "node:fs";
import { aptInstall, onPath } from "./redis-binary.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const APPLICATIONS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** A Chromium that is there: CHROMIUM_PATH, else one on PATH, else an installed application. */
export function findChromium() {
  return process.env.CHROMIUM_PATH || NAMES.map(onPath).find(Boolean) || APPLICATIONS.find((file) => existsSync(file));
}

/** The same, installing the distribution's when we may. @returns undefined when it cannot be had */
export async function chromium(say) {
  const found = findChromium();
  if (found || !onPath("apt-get") || process.getuid?.() !== 0) return found;
  const done = say("Installing Chromium with apt");
  await aptInstall(["chromium", "fonts-liberation"]);
  done();
  return findChromium();
}
