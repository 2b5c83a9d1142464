// Follows the log: the one place that decides whether a signal was taken up. Messages only ring; what is read here, in
// order and from where the last look ended, is what counts. It looks when somebody rings, when a connection is back, and
// every five seconds, so that a signal whose message was lost is late by that much and never lost.
//
// If the log does not reach back to the cursor (data lost, or more signals than it keeps) everything is reloaded once.

import type { Keyspace } from "../keyspace.ts";
import type { Connections } from "../redis/connections.ts";
import { parseEntry, type StreamEntry } from "./log-entry.ts";
import { catchUpScript, LOG_ENTRIES, reloadKeys } from "./scripts.ts";

const CATCH_UP_MS = 5_000;
const JITTER = 0.2;
const PAGE = 500;

/** Options of {@link createLogFollower}. */
export interface LogFollowerOptions {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  /** A signal that was not taken up before. */
  readonly onEntry: (entry: StreamEntry) => void;
  /** The first look: the newest generation of each cache whose signals are older than this instance. The entries of the
   * others follow. */
  readonly onPlace: (generations: ReadonlyMap<string, number>) => void;
  readonly onGap: (reason: "trimmed" | "lost", cursor: string, generations: ReadonlyMap<string, number>) => void;
  /** After each look that found its place: the newest generation of each cache. */
  readonly onCaughtUp: (generations: ReadonlyMap<string, number>) => void;
  /** Generations this instance knows, for a Redis that forgot them. */
  readonly known: () => ReadonlyMap<string, number>;
  /** @default 5000, ± a fifth */
  readonly catchUpMs?: number | undefined;
}

/** Made by {@link createLogFollower}. */
export interface LogFollower {
  /** null before the first look. */
  readonly cursor: string | null;
  start(): void;
  /** Looks now; resolves when what was in the log at this moment was taken up. Never throws: false is "could not". */
  look(): Promise<boolean>;
  /** Takes up an entry that was not read in the log. @returns false when it was taken up before */
  claim(id: string): boolean;
  close(): void;
}

type Reply = ["ok" | "trimmed" | "lost", string, [string, string[]][], string[]];

export function createLogFollower(options: LogFollowerOptions): LogFollower {
  const { connections, keyspace, onEntry, onPlace, onGap, onCaughtUp, known } = options;
  const { catchUpMs = CATCH_UP_MS } = options;
  const keys = reloadKeys(keyspace);
  const startedAt = performance.now();
  /** Taken up without having been read, so ahead of the cursor. */
  const claimed = new Set<string>();
  let cursor: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isLooking = false;
  let next: Promise<boolean> | undefined;
  let current: Promise<boolean> = Promise.resolve(true);
  let closed = false;
  // With the link the way to what was missed is back.
  const stopLink = connections.onLink(({ state }) => state === "ready" && void look());

  async function readPage(): Promise<number> {
    const remembered = Object.fromEntries([...known()].map(([cache, generation]) => [cache, generation.toFixed(0)]));
    const [state, last, rows, flat] = (await catchUpScript.run(connections, [
      ...[keys.log, keys.generations, cursor ?? "", newestClaimed(), Math.ceil(performance.now() - startedAt)],
      ...[PAGE, LOG_ENTRIES, JSON.stringify(remembered)],
    ])) as Reply;
    if (closed) return 0;
    const generations = pairs(flat);
    const before = cursor;
    const entries = rows.map(parseEntry);
    cursor = last;
    if (before === null) {
      const signalled = new Set(entries.flatMap(({ caches }) => caches));
      onPlace(new Map([...generations].filter(([cache]) => !signalled.has(cache))));
    }
    if (state !== "ok") {
      claimed.clear();
      onGap(state, before ?? "", generations);
      return 0;
    }
    for (const entry of entries) if (!claimed.delete(entry.id) && entry.caches.length > 0) onEntry(entry);
    for (const id of claimed) if (!isAfter(id, last)) claimed.delete(id);
    if (rows.length < PAGE) onCaughtUp(generations);
    return rows.length;
  }

  function newestClaimed(): string {
    return [...claimed].reduce((newest, id) => (newest === "" || isAfter(id, newest) ? id : newest), "");
  }

  async function lookOnce(): Promise<boolean> {
    isLooking = true;
    clearTimeout(timer);
    try {
      while ((await readPage()) === PAGE && !closed);
      return true;
    } catch {
      // Redis is away: the link says so, and the next look comes by itself.
      return false;
    } finally {
      isLooking = false;
      schedule();
    }
  }

  function schedule(): void {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(look, catchUpMs * (1 - JITTER + 2 * JITTER * Math.random())).unref();
  }

  /** A look that is under way may have passed what the caller wants; the next one has not, and is shared. */
  function look(): Promise<boolean> {
    if (closed) return Promise.resolve(false);
    if (!isLooking) {
      current = lookOnce();
      return current;
    }
    next ??= current.then(() => {
      next = undefined;
      return look();
    });
    return next;
  }

  return {
    get cursor() {
      return cursor;
    },
    start: () => void look(),
    look,
    claim(id) {
      if (claimed.has(id) || (cursor !== null && !isAfter(id, cursor))) return false;
      claimed.add(id);
      return true;
    },
    close() {
      closed = true;
      stopLink();
      clearTimeout(timer);
    },
  };
}

/** Whether stream id `a` comes after `b`. */
export function isAfter(a: string, b: string): boolean {
  const [aMs = 0, aN = 0] = a.split("-").map(Number);
  const [bMs = 0, bN = 0] = b.split("-").map(Number);
  return aMs > bMs || (aMs === bMs && aN > bN);
}

function pairs(flat: readonly string[]): Map<string, number> {
  const map = new Map<string, number>();
  for (let at = 0; at + 1 < flat.length; at += 2) map.set(flat[at] ?? "", Number(flat[at + 1]));
  return map;
}
