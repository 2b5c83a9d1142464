// Caches of this instance, loaded from a source of truth that is a folder: one file per cache, holding its version. Loaders
// take their time, throw now and then, and sometimes never return.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { ReloadRequest } from "../../../core/reload/types.ts";
import { now } from "../clock.ts";
import type { Look, Published } from "../protocol.ts";
import type { Desk } from "./desk.ts";

const DEADLINE_MS = 1_500;

export function createReloadWork(desk: Desk) {
  const { cluster, random, setup, record } = desk;
  const serving: Look["applied"] = {};
  /** Loaders fail only while things are being broken: afterwards they are what is waited for. */
  let flaky = false;

  async function load(request: ReloadRequest): Promise<number> {
    // Read first, then take time: the value is as old as the query, as with a real database.
    const version = Number(await readFile(join(setup.truthDir, request.cache), "utf8"));
    if (flaky && random.oneIn(12)) throw new Error("the database is busy");
    if (flaky && random.oneIn(40)) await new Promise(() => {});
    await pause(2 + random.below(25));
    return version;
  }

  for (const cache of setup.caches) {
    cluster.reload.register(cache, load, {
      timeoutMs: DEADLINE_MS,
      initial: true,
      apply: (value, { generation }) => {
        const version = Number(value);
        serving[cache] = { version, generation };
        record({ kind: "applied", cache, generation, version, at: now() });
      },
    });
  }

  return {
    serving,
    setFlaky(value: boolean): void {
      flaky = value;
    },
    async publish(caches: string[] | "all", waitFor: "all" | "none", timeoutMs: number): Promise<Published> {
      const { generations, acked, pending, failed } = await cluster.reload.publish(caches, { waitFor, timeoutMs });
      const name = ({ cache, instanceId }: { cache: string; instanceId: string }) => ({ cache, instanceId });
      return { generations, acked: acked.map(name), pending: pending.map(name), failed: failed.map(name) };
    },
  };
}
