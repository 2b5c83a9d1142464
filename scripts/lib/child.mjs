// Child processes that never outlive this one, however it ends.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const running = new Set();

/**
 * Runs a command to its end, quietly.
 * @returns {Promise<{ code: number, output: string }>} stdout and stderr in the order they came; code 127 if not found
 */
export function run(command, args, { onOutput, ...options } = {}) {
  return new Promise((resolve) => {
    // A group of its own, so that stopping takes the command's children along.
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], detached: true, ...options });
    const done = outlivesNot(child);
    running.add(child);
    let output = "";
    const read = (chunk) => {
      output += chunk;
      onOutput?.(String(chunk));
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    const end = (code, text) => {
      running.delete(child);
      done();
      resolve({ code, output: text });
    };
    child.once("error", (error) => end(127, error.message));
    child.once("close", (code) => end(code ?? 1, output));
  });
}

/** Ends whatever `run` has under way. */
export function stopRunning() {
  for (const child of running) signalGroup(child, "SIGTERM");
}

/**
 * Ties a detached child to this process: a shell waits on a pipe that only we hold open, and the kernel closes it even
 * on SIGKILL. Works alike on Linux and macOS.
 * @returns a function that unties it, to be called when the child has ended
 */
export function outlivesNot(child) {
  if (child.pid === undefined) return () => {};
  const script = 'read -r _; kill -TERM -"$1" 2>/dev/null || kill -TERM "$1" 2>/dev/null';
  const guard = spawn("/bin/sh", ["-c", script, "keydeck-guard", String(child.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.unref();
  guard.stdin.unref?.();
  guard.stdin.on("error", () => {});
  return () => guard.kill("SIGKILL");
}

/** Signals a detached child and its children. */
export function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

/** Asks a detached child to end, insists after `patienceMs`, and resolves when it is gone. */
export async function stopChild(child, patienceMs = 5_000) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const insist = setTimeout(() => signalGroup(child, "SIGKILL"), patienceMs);
  signalGroup(child, "SIGTERM");
  await gone;
  clearTimeout(insist);
}

/** What a process was started as, or calls itself; "" when there is none. */
export async function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    if (process.platform === "linux") return "";
    return (await run("ps", ["-o", "command=", "-p", String(pid)])).output;
  }
}
