import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** The file's text; `make` makes it the first time, readable by its owner only. */
export function remember(file, make) {
  if (!existsSync(file)) writeFileSync(file, make(), { mode: 0o600 });
  return readFileSync(file, "utf8").trim();
}

/** The file's text, "" when it is absent. */
export function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
