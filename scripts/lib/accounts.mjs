// The accounts of a USERS_FILE: `[{ "name", "role", "hash" }]`. lib/server/access/users.ts reads it again whenever it changes.

import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { Failure } from "./failure.mjs";

export const ROLES = ["viewer", "operator", "admin"];

/** 120 random bits, short enough to copy by hand. */
export function randomPassword() {
  return randomBytes(15).toString("base64url");
}

/** None when the file is absent. */
export function readAccounts(file) {
  if (!existsSync(file)) return [];
  try {
    const accounts = JSON.parse(readFileSync(file, "utf8"));
    if (Array.isArray(accounts)) return accounts;
  } catch {
    // Said below, without the file's text.
  }
  throw new Failure(`${file} is not a JSON list of accounts; mend it, or move it away to begin anew.`);
}

/** Replaces the file in one step, readable by its owner only. */
export function writeAccounts(file, accounts) {
  writeFileSync(`${file}.new`, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
