// An instance of the application under test: a process that embeds the core as an application does, works at random when
// told to, and reports what it did and saw. Started by instance-process.ts.

import { setTimeout as pause } from "node:timers/promises";
import { createCluster } from "../../core/cluster.ts";
import { now, skewWallClock } from "./clock.ts";
import type { Observation } from "./events.ts";
import type { Commands, FromInstance, InstanceSetup, Look, ToInstance } from "./protocol.ts";
import { createRandom } from "./random.ts";
import { createCacheWork } from "./work/cache-work.ts";
import { codeOf, type Desk } from "./work/desk.ts";
import { createLockWork } from "./work/lock-work.ts";
import { createOperations } from "./work/operations.ts";
import { createReloadWork } from "./work/reload-work.ts";
import { createSessionWork } from "./work/session-work.ts";

const TICK_MS = 10;
const GAP_MS = 15;
const REPORT_MS = 100;

const setup: InstanceSetup = JSON.parse(process.env.CHAOS_SETUP ?? "{}");
const observed: Observation[] = [];
const record = (observation: Observation) => void observed.push(observation);
const tell = (message: FromInstance) => void (process.connected && process.send?.(message));

const cluster = createCluster({
  redis: setup.redis,
  nodeName: setup.nodeName,
  application: { name: setup.who },
  runtimeCache: setup.snapshots,
  l1: {},
  sessions: {},
  reload: { logger: { warn: () => {} } },
  // Asked anew each time: the run sets it wrong.
  wallClock: () => Date.now(),
});
const desk: Desk = { cluster, setup, random: createRandom(setup.seed), record };
let isWorking = false;
let underWay = 0;

const reloads = createReloadWork(desk);
const operations = createOperations(cluster);
const cacheWork = createCacheWork(desk);
const sessionWork = createSessionWork(desk);
const lockWork = createLockWork(desk, () => !isWorking);
/** What is done over and over, and the longest pause between, in ms. */
const WORK: [() => Promise<void>, number][] = [
  [cacheWork.write, 60],
  [cacheWork.read, 12],
  [sessionWork.write, 60],
  [sessionWork.read, 12],
  [lockWork.work, 60],
  [lockWork.work, 60],
];

const commands: { [Name in keyof Commands]: (args: Commands[Name]["args"]) => Promise<Commands[Name]["result"]> } = {
  // Redis may be away: an application starts all the same.
  start: async () => ({ instanceId: cluster.instanceId }),
  async work({ flaky }) {
    reloads.setFlaky(flaky);
    if (isWorking) return null;
    isWorking = true;
    for (const [act, pauseMs] of WORK) void repeat(act, pauseMs);
    return null;
  },
  async rest() {
    isWorking = false;
    while (underWay > 0) await pause(10);
    report();
    return null;
  },
  publish: ({ caches, waitFor, timeoutMs }) => reloads.publish(caches, waitFor, timeoutMs),
  look,
  async skew({ ms }) {
    skewWallClock(ms);
    return null;
  },
  operate: operations,
  async leave() {
    isWorking = false;
    for (const timer of timers) clearInterval(timer);
    await cluster.close();
    report();
    return null;
  },
};

const timers = [setInterval(watchGaps, TICK_MS), setInterval(report, REPORT_MS)];
let tickedAt = now();

process.on("message", (message: ToInstance) => void obey(message));
// The conductor is gone: nobody is left to work for.
process.once("disconnect", () => process.exit(0));
process.on("uncaughtException", (error) =>
  record({ kind: "unexpected", doing: "uncaught", error: String(error.stack), at: now() }),
);
// The core's own warnings are its log; Node's, such as too many listeners, are signs of a leak.
process.on("warning", ({ name, message }) => {
  if (name === "KeydeckWarning") return;
  record({ kind: "unexpected", doing: "warning", error: `${name}: ${message}`, at: now() });
});
tell({ ready: true });

async function obey({ id, name, args }: ToInstance): Promise<void> {
  try {
    const result = await (commands[name] as (args: unknown) => Promise<unknown>)(args);
    tell({ id, result });
  } catch (error) {
    tell({ id, refusal: { code: codeOf(error), message: error instanceof Error ? error.message : String(error) } });
  }
  // Nothing may keep the process alive but what a leak keeps: the way to the conductor is the last thing it has.
  if (name === "leave") {
    process.removeAllListeners("disconnect");
    process.disconnect();
  }
}

async function repeat(act: () => Promise<void>, pauseMs: number): Promise<void> {
  underWay++;
  while (isWorking) {
    await act();
    await pause(desk.random.below(pauseMs));
  }
  underWay--;
}

async function look(): Promise<Look> {
  const members = await cluster.members.members();
  return {
    instanceId: cluster.instanceId,
    link: cluster.status().state,
    live: members.filter(({ state }) => state === "live").map(({ id }) => id),
    applied: reloads.serving,
    armed: await sessionWork.isArmed(),
    timers: process.getActiveResourcesInfo().filter((name) => name === "Timeout").length,
    sockets: process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length,
    heapMb: process.memoryUsage().heapUsed / 2 ** 20,
  };
}

function report(): void {
  if (observed.length > 0) tell({ observed: observed.splice(0) });
}

/** Writes down when this process did not run, so that nobody is blamed for it. */
function watchGaps(): void {
  const at = now();
  if (at - tickedAt > TICK_MS + GAP_MS) record({ kind: "gap", from: tickedAt, to: at });
  tickedAt = at;
}
