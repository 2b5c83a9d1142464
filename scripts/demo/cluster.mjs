// The demo cluster's supervisor: forks the instances, says so when one ends, and takes them along when it goes.

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { stopChild } from "../lib/child.mjs";

const INSTANCES = 3;
const PATIENCE_MS = 3_000;
const program = fileURLToPath(new URL("instance.mjs", import.meta.url));

/**
 * Starts the instances against the Redis and namespace of `process.env`.
 * @param {{ onDeath: (sentence: string) => void }} options nothing is restarted: an instance that ends is news
 * @returns {{ seeded: Promise<void>, stop(): Promise<void> }} `seeded`: there is data to look at, or nobody left to make it
 */
export function startDemo({ onDeath }) {
  let stopping = false;
  const instances = Array.from({ length: INSTANCES }, (_, index) => {
    // Detached: Ctrl-C reaches the whole terminal group, and the console wants to stop them in its own order. They end
    // by themselves when the channel to this process closes, so not even SIGKILL leaves one behind.
    const child = fork(program, [String(index + 1)], { detached: true, stdio: ["ignore", "ignore", "pipe", "ipc"] });
    let complaint = "";
    child.stderr.on("data", (chunk) => {
      complaint = (complaint + chunk).slice(-2_000);
    });
    child.once("exit", (code, signal) => {
      if (stopping) return;
      onDeath(`Demo instance ${index + 1} ended (${signal ?? `code ${code}`}); the others go on.\n${complaint.trim()}`);
    });
    return child;
  });
  const [first] = instances;
  return {
    seeded: new Promise((resolve) => {
      first.once("message", resolve);
      first.once("exit", resolve);
    }),
    async stop() {
      stopping = true;
      await Promise.all(instances.map((child) => stopChild(child, PATIENCE_MS)));
    },
  };
}
