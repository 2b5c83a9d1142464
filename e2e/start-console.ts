// Further consoles, each with a data folder and a configuration of its own.

import { type ChildProcess, spawn } from "node:child_process";
import { expect, world } from "./fixtures";

export interface Started {
  readonly child: ChildProcess;
  readonly data: string;
  output(): string;
  /** Resolves with the exit code, or null after a signal. */
  readonly ended: Promise<number | null>;
}

/** Runs what `npm start` runs, against the tests' Redis unless told otherwise. */
export function startConsole(data: string, env: Record<string, string>): Started {
  const child = spawn(process.execPath, ["scripts/start.mjs"], {
    env: {
      ...process.env,
      HOST: "127.0.0.1",
      PORT: "0",
      DATA_DIR: data,
      REDIS_URI: world.redisUri,
      NODE_NAME: "",
      USERS: "",
      USERS_FILE: "",
      DEMO: "",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, data, output: () => output, ended };
}

/** The address it prints once it can be used. */
export async function ready(started: Started): Promise<string> {
  const url = () => /Keydeck\s+(http:\S+)/.exec(started.output())?.[1];
  await expect.poll(url, { message: started.output(), timeout: 60_000 }).toBeTruthy();
  return url() ?? "";
}
