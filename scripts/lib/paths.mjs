import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Where the console keeps what must survive a restart: embedded Redis, its own secret, first admin. */
export function dataDir() {
  const dir = resolve(ROOT, process.env.DATA_DIR || ".data");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return dir;
}
