// Tells which keys of the namespace changed, whoever changed them: CLIENT TRACKING in broadcast mode, which also reports
// expiry, eviction and edits by redis-cli. One connection per primary tracks and listens at once (it redirects to
// itself), so that the two cannot part.
//
//   arm ──armed──▶ live ──connection lost──▶ pause ──▶ arm …      after a gap: "all", because nobody knows what was missed
//    └──refused by ACL──▶ pause (long: somebody may change the ACL) ──▶ arm …
//
// ioredis drops tracking pushes under RESP3, so these connections speak RESP2, where they arrive as messages whose
// payload is an array of names, or null when everything was flushed.

import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { StorePermission } from "../core/errors.ts";
import type { Keyspace } from "../core/keyspace.ts";
import type { Connections } from "../core/redis/connections.ts";
import { watchSilence } from "../core/redis/link.ts";
import { mapStoreError } from "../core/redis/store-error.ts";
import { armTracking } from "../core/redis/tracking.ts";

export interface ChangeFeedOptions {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  /** Follows only names that begin so; none may be the beginning of another. @default the whole namespace */
  readonly prefixes?: readonly string[];
  /** Names that changed since the last call, none twice. `all`: too many to name, or some were missed. */
  readonly onKeys: (keys: Buffer[], all: boolean) => void;
  /** Every name as it comes, not gathered and never too many; null: nobody knows which. For who sorts them at once. */
  readonly onNames?: (names: readonly Buffer[] | null) => void;
  /** Whether changes are seen as they happen; if not, why. */
  readonly onState: (live: boolean, because: string | null) => void;
}

/** The first change after a pause is told almost at once; then names are gathered for so long, in ms, … */
const SOON_MS = 30;
const GATHER_MS = 200;
/** … and beyond so many nobody would look at each of them. */
const MAX_NAMES = 1_000;
const SILENCE_MS = 2_500;
const RETRY_MS = 1_000;
const RETRY_REFUSED_MS = 30_000;

/** Opens the feed in the background; it mends itself until it is closed. */
export function openChangeFeed(options: ChangeFeedOptions): { close(): void } {
  const { connections, onKeys, onState, onNames = () => {} } = options;
  const stop = new AbortController();
  const batch = new Batch(onKeys);

  function hear(names: readonly Buffer[] | null): void {
    onNames(names);
    if (names === null) batch.addAll();
    else batch.add(names);
  }

  async function follow(): Promise<void> {
    for (let round = 0; !stop.signal.aborted; round++) {
      const pause = await followOnce(round > 0);
      await sleep(pause, undefined, { signal: stop.signal, ref: false }).catch(() => {});
    }
  }

  /** Arms, stays until a connection is lost, and answers how long to wait before the next try. */
  async function followOnce(missedSome: boolean): Promise<number> {
    const tracked: Redis[] = [];
    const lost = new AbortController();
    const ended = AbortSignal.any([lost.signal, stop.signal]);
    let stopWatching: (() => void)[] = [];
    try {
      const primaries = await connections.run(() => connections.primaries());
      await Promise.all(primaries.map(async (node) => tracked.push(await open(node, lost))));
      await Promise.all(tracked.map((redis) => arm(redis, options, hear)));
      stopWatching = tracked.map((redis) => watchSilence(redis, SILENCE_MS, () => lost.abort()));
      stop.signal.throwIfAborted();
      onState(true, null);
      if (missedSome) hear(null);
      if (!ended.aborted) await once(ended, "abort");
      if (!stop.signal.aborted) onState(false, "The connection that follows changes was lost; trying again");
      return RETRY_MS;
    } catch (error) {
      const { because, retryMs } = explain(mapStoreError(error));
      if (!stop.signal.aborted) onState(false, because);
      return retryMs;
    } finally {
      for (const end of stopWatching) end();
      for (const redis of tracked) redis.disconnect();
    }
  }

  void follow();
  return {
    close() {
      stop.abort();
      batch.close();
    },
  };
}

async function open(node: Redis, lost: AbortController): Promise<Redis> {
  const redis = node.duplicate({
    protocol: 2,
    autoResubscribe: false,
    lazyConnect: true,
    // A lost connection is replaced as a whole, after asking again which nodes there are.
    retryStrategy: () => null,
    connectionName: "keydeck:feed",
  });
  redis.on("error", () => {});
  redis.on("close", () => lost.abort());
  await redis.connect();
  return redis;
}

async function arm(
  redis: Redis,
  { keyspace, prefixes }: Pick<ChangeFeedOptions, "keyspace" | "prefixes">,
  hear: (names: Buffer[] | null) => void,
): Promise<void> {
  redis.on("messageBuffer", (_channel: Buffer, names: Buffer[] | null) => {
    hear(names?.filter((name) => keyspace.contains(name)) ?? null);
  });
  await armTracking(
    redis,
    prefixes ?? keyspace.scopes.map((scope) => ("prefix" in scope ? scope.prefix : scope.exact)),
  );
}

function explain(error: unknown): { because: string; retryMs: number } {
  if (error instanceof StorePermission)
    return {
      because:
        "This Redis user may not follow changes: it needs CLIENT TRACKING, CLIENT ID, SUBSCRIBE and the channel __redis__:invalidate",
      retryMs: RETRY_REFUSED_MS,
    };
  return { because: error instanceof Error ? error.message : String(error), retryMs: RETRY_MS };
}

/** Gathers names, so that a busy namespace is told a few times a second and not thousands of times. */
class Batch {
  readonly #deliver: ChangeFeedOptions["onKeys"];
  readonly #names = new Map<string, Buffer>();
  #all = false;
  #timer: NodeJS.Timeout | undefined;
  #flushedAt = 0;

  constructor(deliver: ChangeFeedOptions["onKeys"]) {
    this.#deliver = deliver;
  }

  add(names: readonly Buffer[]): void {
    if (names.length === 0) return;
    for (const name of names) if (!this.#all) this.#names.set(name.toString("latin1"), name);
    if (this.#names.size > MAX_NAMES) this.addAll();
    this.#schedule();
  }

  addAll(): void {
    this.#all = true;
    this.#names.clear();
    this.#schedule();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    const sinceMs = performance.now() - this.#flushedAt;
    this.#timer ??= setTimeout(() => this.#flush(), Math.max(SOON_MS, GATHER_MS - sinceMs));
  }

  #flush(): void {
    const [names, all] = [[...this.#names.values()], this.#all];
    this.#timer = undefined;
    this.#flushedAt = performance.now();
    this.#all = false;
    this.#names.clear();
    this.#deliver(names, all);
  }
}
