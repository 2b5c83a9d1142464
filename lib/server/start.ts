// Starts the console with the server, so that a wrong configuration is told at once and not by the first page.

import { log } from "./log.ts";
import { getRuntime } from "./runtime.ts";

/** Requests under way may end; then their connections go. */
const FINISH_MS = 1_000;

export function startConsole(): void {
  try {
    const runtime = getRuntime();
    const stop = () => {
      runtime.live.close();
      setTimeout(() => void runtime.close(), FINISH_MS).unref();
    };
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
    runtime.connections.onLink(({ state, reason }) => log.info("redis.link", { state, reason }));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
