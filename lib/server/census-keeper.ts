// The census of this process: one walk whoever asks, begun when somebody looks and the last one is old, given up when
// nobody looks any more. While it walks, its figures are of a part and say so; a finished census stays on show until the
// next is finished.

import { setTimeout as sleep } from "node:timers/promises";
import type { Census, KeyRow } from "../contracts/keys.ts";
import type { Keyspace } from "../core/keyspace.ts";
import type { Connections } from "../core/redis/connections.ts";
import { CensusWalk } from "../explorer/census.ts";
import { describeKeys } from "../explorer/describe.ts";
import type { Live } from "./live/live.ts";

export interface CensusKeeper {
  /**
   * The figures there are, at once (a first walk gets a moment to finish); begins a walk when they are old.
   * @throws {StoreUnavailable} when there are no figures and Redis is away
   */
  get(options?: { refresh?: boolean | undefined }): Promise<Census>;
  close(): void;
}

export interface CensusKeeperOptions {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  readonly publish: Live["publish"];
  /** Figures that took long to count are taken anew, when somebody looks, after this. */
  readonly staleMs?: number;
  /** No figures are taken anew sooner, not even when a refresh is asked for. */
  readonly refreshMs?: number;
  /** A walk nobody asked about for so long is given up. */
  readonly idleMs?: number;
}

/** Small namespaces are counted within this, so that the first page shown has figures. */
const FIRST_WAIT_MS = 150;
const PROGRESS_MS = 1_000;
/** A walk rests for so many times what it took: the counts of small namespaces are seconds old, those of large ones a
 * minute. */
const REST = 10;

const NOTHING: Census = {
  asOf: null,
  running: false,
  complete: false,
  examined: 0,
  total: 0,
  durationMs: 0,
  classes: [],
  biggest: [],
  withoutTtl: [],
};

export function createCensusKeeper(options: CensusKeeperOptions): CensusKeeper {
  const { connections, keyspace, publish, staleMs = 60_000, refreshMs = 5_000, idleMs = 30_000 } = options;
  let shown = NOTHING;
  let walking: Promise<void> | null = null;
  let askedAt = 0;
  /** Whether what is shown is all a walk can tell: not one given up, or cut off by Redis going away. */
  let finished = false;
  let failure: unknown = null;
  let stop = new AbortController();

  function isOld(refresh: boolean): boolean {
    if (shown.asOf === null) return true;
    const freshMs = refresh || !finished ? 0 : Math.min(staleMs, REST * shown.durationMs);
    return Date.now() - shown.asOf > Math.max(refreshMs, freshMs);
  }

  async function take(): Promise<void> {
    stop = new AbortController();
    const walk = new CensusWalk({ connections, keyspace, signal: stop.signal });
    const progress = setInterval(() => void watch(walk), PROGRESS_MS);
    progress.unref();
    try {
      await walk.run();
      shown = await figuresOf(walk);
      finished = true;
      failure = null;
    } catch (error) {
      // Given up, or Redis went away: what was counted so far stays on show as the part it is.
      failure = error;
    } finally {
      clearInterval(progress);
      walking = null;
      publish({ kind: "census" });
    }
  }

  async function watch(walk: CensusWalk): Promise<void> {
    if (Date.now() - askedAt > idleMs) return stop.abort();
    if (finished) return;
    const figures = await figuresOf(walk).catch(() => null);
    if (figures === null || walking === null) return;
    shown = figures;
    publish({ kind: "census" });
  }

  async function figuresOf(walk: CensusWalk): Promise<Census> {
    const { biggest, withoutTtl, ...figures } = walk.figures;
    const rows = async (names: readonly Buffer[]): Promise<KeyRow[]> =>
      (await describeKeys(connections, keyspace, names)).map(({ row }) => row);
    const [big, lasting] = await Promise.all([rows(biggest), rows(withoutTtl)]);
    return { ...figures, asOf: Date.now(), running: false, biggest: big, withoutTtl: lasting };
  }

  return {
    async get({ refresh = false } = {}) {
      askedAt = Date.now();
      if (walking === null && isOld(refresh)) {
        walking = take();
        await Promise.race([walking, sleep(FIRST_WAIT_MS, undefined, { ref: false })]);
      }
      if (shown.asOf === null && walking === null && failure !== null) throw failure;
      return { ...shown, running: walking !== null };
    },
    close() {
      stop.abort();
    },
  };
}
