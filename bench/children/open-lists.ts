// Browsers with the list of queues open: those of bull-board, and ours with the console they share. Each pushes to `took`
// how long a refresh took, ms.

import { setTimeout as pause } from "node:timers/promises";
import { listQueues as queuesContract } from "../../lib/contracts/queues.ts";
import { listQueues } from "../../lib/server/queues/list/list.ts";
import { type TestContext, testContext } from "../../lib/testing/context.ts";
import { until } from "../../lib/testing/redis.ts";

export const BROWSERS = 10;
export const PREFIX = "prod";
/** What a browser gathers for, after it was told. */
export const BROWSER_MS = 80;
/** bull-board's interval. */
const REFRESH_MS = 5_000;

export type Refresh = () => Promise<unknown>;

/** Browsers that ask bull-board's API, each by itself. @returns closes them */
export async function openBoard(board: Refresh, took: number[]): Promise<() => Promise<void>> {
  const refresh = timed(board, took);
  const timers = new Set<NodeJS.Timeout>();
  for (let at = 0; at < BROWSERS; at++)
    setTimeout(() => timers.add(setInterval(() => void refresh(), REFRESH_MS)), (at * REFRESH_MS) / BROWSERS);
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await pause(1_000);
  };
}

/** A console with its recorder, and browsers that ask when they are told that queues changed, and now and then anyway. */
export async function openConsole(redis: string, took: number[]): Promise<() => Promise<void>> {
  const console_ = testContext({ redis, nodeName: PREFIX, role: "viewer" });
  console_.runtime.queueHistories.recorder.start();
  const refresh = timed(() => readAll(console_), took);
  let isOpen = true;
  const timers = Array.from({ length: BROWSERS }, () => {
    let asking = false;
    const ask = async () => {
      if (asking) return;
      asking = true;
      await pause(BROWSER_MS);
      if (isOpen) await refresh();
      asking = false;
    };
    console_.runtime.live.subscribe(({ kind }) => {
      if (kind === "queues") void ask();
    });
    void ask();
    return setInterval(() => void ask(), REFRESH_MS);
  });
  // Who opens it walks the names once, beside a million keys for a while.
  const { keeper } = console_.runtime.queues;
  await until(async () => {
    const { complete, running } = (await keeper.list()).discovery;
    return complete && !running;
  }, 60_000);
  return async () => {
    isOpen = false;
    for (const timer of timers) clearInterval(timer);
    await pause(1_000);
    await console_.close();
  };
}

export async function readAll({ context }: TestContext): Promise<unknown> {
  return listQueues(context, { params: undefined, query: queuesContract.query!.parse({}), body: undefined });
}

function timed(refresh: Refresh, took: number[]): Refresh {
  return async () => {
    const startedAt = performance.now();
    await refresh();
    took.push(performance.now() - startedAt);
  };
}
