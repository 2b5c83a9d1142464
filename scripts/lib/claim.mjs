// One process at a time may do something in a folder: run the console, install, build. The claim is a file that names
// the process; a claim whose process is gone counts for nothing.

import { closeSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { commandLine } from "./child.mjs";

/**
 * Claims `file` for this process.
 * @returns {Promise<{ release(): void, tell(facts: object): void } | { holder: object }>} `holder`: who has it
 */
export async function claim(file) {
  for (;;) {
    try {
      const descriptor = openSync(file, "wx", 0o600);
      writeSync(descriptor, JSON.stringify({ pid: process.pid }));
      closeSync(descriptor);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = await readHolder(file);
    if (holder && (await isAlive(holder.pid))) return { holder };
    rmSync(file, { force: true });
  }
  const remove = () => rmSync(file, { force: true });
  process.once("exit", remove);
  return {
    release() {
      process.off("exit", remove);
      remove();
    },
    tell: (facts) => writeFileSync(file, JSON.stringify({ pid: process.pid, ...facts }), { mode: 0o600 }),
  };
}

/** Does `work` when nobody else in this folder does; waits for them first. */
export async function alone(file, work) {
  for (;;) {
    const mine = await claim(file);
    if (mine.release) {
      try {
        return await work();
      } finally {
        mine.release();
      }
    }
    await sleep(200);
  }
}

/** The holder's facts; between another's open and write the file is empty for a moment. */
async function readHolder(file) {
  for (let attempt = 0; attempt < 10; attempt++) {
    try {
      return JSON.parse(readFileSync(file, "utf8"));
    } catch {
      await sleep(20);
    }
  }
  return null;
}

/** Process ids are used again, so it must also be one of this project's commands. */
async function isAlive(pid) {
  return pid === process.pid || /\bscripts\/\w+\.mjs\b/.test(await commandLine(pid));
}
