// Embedded mode's Redis: a real redis-server of the console's own, on loopback, kept between starts.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { commandLine, outlivesNot, stopChild } from "./child.mjs";
import { Failure } from "./failure.mjs";
import { readIfThere, remember } from "./files.mjs";
import { freePort } from "./ports.mjs";

/**
 * @param {{ binary: string, dir: string, onDeath: (sentence: string) => void }} options `dir`: data, port and password
 * @returns {Promise<{ uri: string, address: string, isNew: boolean, stop(): Promise<void> }>}
 */
export async function startEmbeddedRedis({ binary, dir, onDeath }) {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const password = remember(join(dir, "password"), () => randomBytes(24).toString("base64url"));
  const remembered = Number(readIfThere(join(dir, "port"))) || 0;
  await stopOrphan(dir, remembered);

  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? remembered : 0);
    try {
      const stop = await launch({ binary, dir, port, password, onDeath });
      writeFileSync(join(dir, "port"), String(port));
      return {
        uri: `redis://:${password}@127.0.0.1:${port}`,
        address: `127.0.0.1:${port}`,
        isNew: remembered === 0,
        stop,
      };
    } catch (error) {
      // Somebody took the port between the look and the launch.
      if (attempt < 3 && /Address already in use/i.test(error.message)) continue;
      throw error;
    }
  }
}

async function launch({ binary, dir, port, password, onDeath }) {
  // A file, because arguments are visible to every user of the machine.
  const config = join(dir, "redis.conf");
  writeFileSync(config, configuration({ dir, port, password }), { mode: 0o600 });
  // Detached: Ctrl-C reaches the whole terminal group, and Redis must outlast what still writes to it.
  const child = spawn(binary, [config], { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const untie = outlivesNot(child);
  writeFileSync(join(dir, "pid"), String(child.pid ?? 0));
  let stopping = false;
  let log = "";
  child.once("exit", (code, signal) => {
    untie();
    if (!stopping) onDeath(`The embedded Redis ended (${signal ?? `code ${code}`}): ${lastLine(log)}`);
  });
  await new Promise((resolve, reject) => {
    const hear = (chunk) => {
      log = (log + chunk).slice(-4_000);
      if (/Ready to accept connections/.test(log)) resolve();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    const fail = (why) => {
      stopping = true;
      reject(new Failure(`The embedded Redis does not start: ${why}. Its data is in ${dir}.`));
    };
    child.once("error", (error) => fail(error.message));
    child.once("exit", () => fail(lastLine(log)));
  });
  return () => {
    stopping = true;
    return stopChild(child);
  };
}

function configuration({ dir, port, password }) {
  return [
    `port ${port}`,
    "bind 127.0.0.1",
    `requirepass ${password}`,
    `dir ${JSON.stringify(dir)}`,
    "daemonize no",
    "appendonly yes",
    'save ""',
    "",
  ].join("\n");
}

/** One left when both the console and its guard were killed: it saves and goes, so that the data has one owner. */
async function stopOrphan(dir, port) {
  const pid = Number(readIfThere(join(dir, "pid")));
  // Ids are used again; Redis calls itself by its address.
  const isOurs = async () =>
    pid > 0 && /(redis|valkey)-server .*:(\d+)/.exec(await commandLine(pid))?.[2] === String(port);
  if (!(await isOurs())) return;
  process.kill(pid, "SIGTERM");
  while (await isOurs()) await sleep(20);
}

function lastLine(log) {
  const line = log.trim().split("\n").at(-1) ?? "";
  return line.replace(/^\d+:[A-Z] .*? [*#.-] /, "") || "it said nothing";
}
