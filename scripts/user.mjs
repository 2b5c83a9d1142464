// npm run user -- add <name> <viewer|operator|admin>     a new account
//                 reset <name>                           a new password; open sessions of it end
//                 remove <name>
//                 list
// Accounts are kept in USERS_FILE, or in .data/users.json where the embedded console reads them. The password is made
// here and printed once; --password-stdin reads one of your choice from standard input instead.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { hashPassword } from "../lib/server/access/scrypt.mjs";
import { ROLES, randomPassword, readAccounts, writeAccounts } from "./lib/accounts.mjs";
import { Failure } from "./lib/failure.mjs";
import { dataDir, ROOT } from "./lib/paths.mjs";
import { complain } from "./lib/say.mjs";

const CHOOSE = "--password-stdin";
const USAGE = `Usage: npm run user -- add <name> <${ROLES.join("|")}> · reset <name> · remove <name> · list`;

try {
  process.chdir(ROOT);
  if (existsSync(".env")) process.loadEnvFile(".env");
  await main(process.argv.slice(2).filter((word) => word !== CHOOSE));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  complain(error.message);
  process.exitCode = 1;
}

async function main([command, name, role]) {
  const file = process.env.USERS_FILE || join(dataDir(), "users.json");
  const accounts = readAccounts(file);
  if (command === "list") return print(accounts.map((account) => `${account.role.padEnd(10)}${account.name}`));

  const account = accounts.find((one) => one.name === name);
  const others = accounts.filter((one) => one !== account);
  if (!name || !["add", "reset", "remove"].includes(command)) throw new Failure(USAGE);
  if (command === "add") {
    if (account) throw new Failure(`${name} exists already; npm run user -- reset ${name} gives a new password.`);
    requireUsable(name, role);
    return save(file, others, { name, role });
  }
  if (!account) throw new Failure(`There is no account named ${name} in ${file}.`);
  if (command === "reset") return save(file, others, account);
  writeAccounts(file, others);
  print([`${name} was removed from ${file}; open sessions end at their next request.`]);
}

async function save(file, others, { name, role }) {
  const isChosen = process.argv.includes(CHOOSE);
  const password = isChosen ? (await text(process.stdin)).replace(/\r?\n$/, "") : randomPassword();
  if (password.length < 8) throw new Failure("A password needs at least 8 characters.");
  const account = { name, role, hash: await hashPassword(password) };
  writeAccounts(file, [...others, account]);
  print([
    `${name} (${role}) is in ${file}.`,
    ...(isChosen ? [] : [`Password: ${password}`]),
    `For USERS instead of a file: ${name}:${role}:${account.hash}`,
  ]);
}

function requireUsable(name, role) {
  if (!ROLES.includes(role)) throw new Failure(`The role must be one of ${ROLES.join(", ")}. ${USAGE}`);
  if (!/^[^:,\p{Cc}]{1,100}$/u.test(name) || name !== name.trim()) {
    throw new Failure("A name has 1 to 100 characters and no colon, comma or control character.");
  }
}

function print(lines) {
  for (const line of lines) process.stdout.write(`  ${line}\n`);
}
