// An instance of the application under test: a real process with a place in the cluster ("a", "b", …). Killed, it gets a
// successor in the same place. What it observes arrives in batches; a killed process takes its last few with it.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Observation } from "./events.ts";
import type { Commands, FromInstance, InstanceSetup, ToInstance } from "./protocol.ts";

const SOURCE = fileURLToPath(new URL("./instance.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** Linux ends the process with ours, however that one dies, even while it is stopped. */
const PDEATHSIG = existsSync("/usr/bin/setpriv") ? ["/usr/bin/setpriv", "--pdeathsig", "KILL"] : [];
const ANSWER_MS = 20_000;

/** What an instance refused or could not do; `code` is that of the core's error. */
export class InstanceRefusal extends Error {
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined) {
    super(message);
    this.code = code;
  }
}

/** A running instance. */
export interface InstanceProcess {
  readonly who: string;
  readonly life: number;
  readonly pid: number;
  ask<Name extends keyof Commands>(name: Name, args: Commands[Name]["args"]): Promise<Commands[Name]["result"]>;
  signal(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void;
  /** Resolves when the process is gone, with its exit code; null for a signal. */
  readonly ended: Promise<number | null>;
  /** What it printed to stderr, for a message when it dies. */
  readonly said: string;
}

/** Starts one; resolves when it can be asked. */
export async function startInstance(
  setup: InstanceSetup,
  observe: (observation: Observation) => void,
): Promise<InstanceProcess> {
  const [command = "", ...args] = [...PDEATHSIG, process.execPath, "--import", "tsx", SOURCE];
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { ...process.env, CHAOS_SETUP: JSON.stringify(setup), NODE_OPTIONS: "" },
  });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said = (said + chunk).slice(-2_000);
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const wire = connectWire(child, ended, observe);
  await Promise.race([
    wire.ready,
    ended.then((code) => {
      throw new Error(`Instance ${setup.who} ended with ${code} before it was ready: ${said}`);
    }),
  ]);
  return {
    who: setup.who,
    life: setup.life,
    pid: child.pid ?? 0,
    ask: wire.ask,
    signal: (signal) => void child.kill(signal),
    ended,
    get said() {
      return said;
    },
  };
}

function connectWire(child: ChildProcess, ended: Promise<unknown>, observe: (observation: Observation) => void) {
  type Waiting = { resolve(result: unknown): void; reject(error: Error): void };
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let announce = () => {};
  const ready = new Promise<void>((resolve) => {
    announce = resolve;
  });
  child.on("message", (message: FromInstance) => {
    if ("ready" in message) return announce();
    if ("observed" in message) return message.observed.forEach(observe);
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.refusal) asked?.reject(new InstanceRefusal(message.refusal.message, message.refusal.code));
    else asked?.resolve(message.result);
  });
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new InstanceRefusal("the process ended", "PROCESS_ENDED"));
    waiting.clear();
  });

  return {
    ready,
    ask<Name extends keyof Commands>(name: Name, args: Commands[Name]["args"]): Promise<Commands[Name]["result"]> {
      return new Promise((resolve, reject) => {
        const id = ++lastId;
        const fail = (reason: string, code: string) => {
          waiting.delete(id);
          reject(new InstanceRefusal(reason, code));
        };
        const timer = setTimeout(() => fail(`no answer to ${name}`, "NO_ANSWER"), ANSWER_MS);
        const settle =
          <T>(next: (value: T) => void) =>
          (value: T) => {
            clearTimeout(timer);
            next(value);
          };
        waiting.set(id, { resolve: settle(resolve) as (result: unknown) => void, reject: settle(reject) });
        child.send({ id, name, args } as ToInstance, (error) => error && fail("the process ended", "PROCESS_ENDED"));
      });
    },
  };
}
