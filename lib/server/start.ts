// Starts the console with the server, so that a wrong configuration is told at once and not by the first page.

import { log } from "./log.ts";
import { getRuntime } from "./runtime.ts";

/** Requests under way may end; then their connections go. */
const FINISH_MS = 1_000;

export function startConsole(): void {
  try {
    const runtime = getRuntime();
    const stop = () => {
      stopLog();
      runtime.live.close();
      setTimeout(() => void runtime.close(), FINISH_MS).unref();
    };
    runtime.queueHistories.recorder.start();
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
    let wasReady = false;
    const stopLog = runtime.connections.onLink(({ state, reason }) => {
      // That the first connect went well is no news.
      if (wasReady || state !== "ready") log.info("redis.link", { state, reason });
      wasReady ||= state === "ready";
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
