// The figures of all queues, read once for everybody who asks. A queue is read again only when something of it changed,
// and however many change at once, so many a second: a list that is open costs nothing while nothing happens, and as much
// for a hundred browsers as for one.
//
//   change feed ──"prod:mail:wait changed"──▶ dirty ──(told to browsers)──▶ they ask ──▶ read once, answered to all
//   or pulse ─────"something happened in mail"─┘
//
// Where changes are not followed (nobody listens, Redis refuses, or there are too many) the pulse asks where any were.

import type { PrefixMismatch, QueueList, QueueRow, QueueWorker } from "../../../contracts/queues.ts";
import type { Keyspace } from "../../../core/keyspace.ts";
import type { Connections } from "../../../core/redis/connections.ts";
import type { LiveNews } from "../../live/live.ts";
import type { Bullmq } from "../bullmq.ts";
import { type Aspect, changeOf } from "./changes.ts";
import { createDiscovery } from "./discovery.ts";
import { Pace } from "./pace.ts";
import { createPulse } from "./pulse.ts";
import { type MetaFacts, readFigures, type Snapshot } from "./snapshot.ts";
import { Teller } from "./teller.ts";
import type { Workforce } from "./workers.ts";
import { createWorkforceKeeper } from "./workforce-keeper.ts";

export interface QueueKeeper {
  /** All queues. @throws {StoreUnavailable} when there are no figures and Redis is away */
  list(options?: { refresh?: boolean }): Promise<QueueList>;
  /** One queue, as it is now; null when there is none of this name. */
  read(name: string): Promise<QueueRow | null>;
  workersOf(name: string): Promise<{ workers: QueueWorker[] | null; mismatches: PrefixMismatch[] }>;
  /** The names known, for those who record or export figures of every queue. `patient`: nobody waits for new ones. */
  names(options?: { patient?: boolean }): Promise<string[]>;
  /** Something of this queue was changed here: told at once. */
  changed(name: string): void;
  /** Names from the change feed as they come; null: nobody knows which. */
  keysChanged(names: readonly Buffer[] | null): void;
  close(): void;
}

interface Parts {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  readonly bullmq: Bullmq;
  readonly publish: (news: LiveNews) => void;
  /** Since when (performance.now) every change is heard of; null while it is not. */
  readonly followingSince: () => number | null;
  /** Whether more changes than are followed. */
  readonly isFlooded: () => boolean;
  /** Whether anybody listens to what is published. */
  readonly isWatched: () => boolean;
  readonly isReadOnly: (queue: string) => boolean;
}

interface Entry {
  readonly name: string;
  snapshot: Snapshot | null;
  meta: MetaFacts | null;
  metaAt: number;
  /** Something happened since its meta was read. */
  owesMeta: boolean;
  /** When the reading began, by performance.now and by the clock. */
  readAt: number;
  asOf: number;
  readonly dirty: Set<Aspect>;
  reading: Promise<void> | null;
}

/** One queue is read anew no sooner. */
const REREAD_MS = 200;
const PACE = { burst: 100, perSecond: 80 };
/** While changes are not followed, what no event tells of (a limit that was set elsewhere) is so old at most. */
const UNFOLLOWED_MS = 10_000;
/** What happens in a queue may have paused it; beside jobs that come and go that is looked at once a second. */
const UNFOLLOWED_META_MS = 1_000;

export function createQueueKeeper(parts: Parts): QueueKeeper {
  const { connections, keyspace, publish, followingSince } = parts;
  const entries = new Map<string, Entry>();
  const pace = new Pace(PACE);
  const told = new Teller(publish);
  const isFollowing = () => followingSince() !== null;
  const discovery = createDiscovery({ ...parts, onFound: () => told.all() });
  const prefix = keyspace.queuePrefix;
  const workforce = createWorkforceKeeper({
    ...{ connections, prefix, isWatched: parts.isWatched, names: () => entries.keys() },
    onChange: (name) => told.queue(name),
    onQueue: discovery.suspect,
  });
  const pulse = createPulse({
    ...{ connections, bullmq: parts.bullmq, isFollowing, isWatched: parts.isWatched, names: () => discovery.names },
    onChange: (name) => (name === null ? changedAll() : changed(name, "counts")),
  });

  function entryOf(name: string): Entry {
    const known = entries.get(name);
    if (known) return known;
    const entry: Entry = {
      ...{ name, snapshot: null, meta: null, metaAt: 0, owesMeta: false },
      ...{ readAt: 0, asOf: 0, dirty: new Set(), reading: null },
    };
    entries.set(name, entry);
    return entry;
  }

  /** Whether what is known of it may be wrong. */
  function isStale({ snapshot, dirty, readAt, owesMeta, metaAt }: Entry): boolean {
    const [since, now] = [followingSince(), performance.now()];
    if (snapshot === null || dirty.has("counts") || dirty.has("meta")) return true;
    if (since !== null) return readAt < since;
    return now - readAt > UNFOLLOWED_MS || (owesMeta && now - metaAt > UNFOLLOWED_META_MS);
  }

  function mayRead(entry: Entry): boolean {
    return entry.snapshot === null || (performance.now() - entry.readAt >= REREAD_MS && pace.take());
  }

  function isMetaKnown({ meta, dirty, readAt, metaAt }: Entry): boolean {
    const since = followingSince();
    if (meta === null || dirty.has("meta")) return false;
    return since === null ? performance.now() - metaAt < UNFOLLOWED_META_MS : readAt > since;
  }

  async function take(taken: readonly Entry[]): Promise<void> {
    const known = taken.map((entry) => ({ name: entry.name, meta: isMetaKnown(entry) ? entry.meta : null }));
    for (const [at, entry] of taken.entries()) {
      entry.readAt = performance.now();
      entry.owesMeta = known[at]?.meta !== null;
      if (!entry.owesMeta) entry.metaAt = entry.readAt;
      entry.asOf = Date.now();
      entry.dirty.clear();
    }
    try {
      const figures = await readFigures(parts, known);
      for (const [at, { meta, snapshot }] of figures.entries()) {
        const entry = taken[at]!;
        entry.meta = meta;
        if (snapshot !== null) entry.snapshot = snapshot;
        else {
          entries.delete(entry.name);
          discovery.forget(entry.name);
        }
      }
    } catch (error) {
      for (const { name, snapshot, dirty } of taken) {
        if (snapshot === null) entries.delete(name);
        dirty.add("counts").add("meta");
      }
      throw error;
    }
  }

  /** Reads them together; who asks for one of them meanwhile gets the same answer. */
  async function reread(wanted: readonly Entry[]): Promise<void> {
    const taken = wanted.filter((entry) => entry.reading === null);
    const reading = connections
      .run(() => take(taken))
      .finally(() => {
        for (const entry of taken) entry.reading = null;
      });
    for (const entry of taken) entry.reading = reading;
    await Promise.all(wanted.map((entry) => entry.reading));
  }

  function changed(name: string, ...aspects: Aspect[]): void {
    const dirty = entries.get(name)?.dirty;
    for (const aspect of aspects) dirty?.add(aspect);
    told.queue(name);
  }

  function changedAll(): void {
    for (const { dirty } of entries.values()) dirty.add("counts").add("meta");
    told.all();
  }

  function rowOf({ name, snapshot, asOf }: Entry & { snapshot: Snapshot }, workers: Workforce): QueueRow {
    const readOnly = parts.isReadOnly(name);
    return { name, ...snapshot, workers: workers.of(name)?.length ?? null, readOnly, asOf };
  }

  function hasSnapshot(entry: Entry): entry is Entry & { snapshot: Snapshot } {
    return entry.snapshot !== null;
  }

  return {
    async list({ refresh = false } = {}) {
      workforce.attend();
      pulse.attend();
      await discovery.refresh({ force: refresh });
      await pulse.ask();
      const stale = Array.from(discovery.names, entryOf).filter((entry) => refresh || isStale(entry));
      // Where it was quiet for long comes first: beside queues that change all the time it is seen at once.
      stale.sort((a, b) => a.readAt - b.readAt);
      const now = stale.filter((entry) => entry.reading !== null || mayRead(entry));
      const [workers] = await Promise.all([workforce.get(), now.length > 0 && reread(now)]);
      // What had to wait is told again when its turn has come.
      for (const entry of stale) if (isStale(entry)) told.queue(entry.name);
      const shown = Array.from(discovery.names, entryOf).filter(hasSnapshot);
      return {
        prefix: keyspace.queuePrefix,
        queues: shown.map((entry) => rowOf(entry, workers)).sort((a, b) => (a.name < b.name ? -1 : 1)),
        discovery: discovery.state,
        mismatches: shown.flatMap(({ name }) => workers.mismatches(name)),
        workersBecause: workers.because,
      };
    },
    async read(name) {
      const entry = entryOf(name);
      // What is being read may have begun before the change that is asked about.
      await entry.reading?.catch(() => {});
      if (!isFollowing()) entry.dirty.add("meta");
      const isCurrent = isFollowing() && !isStale(entry);
      const [workers] = await Promise.all([workforce.get(), isCurrent ? null : reread([entry])]);
      if (!entries.has(name) || !hasSnapshot(entry)) return null;
      discovery.saw(name);
      return rowOf(entry, workers);
    },
    async workersOf(name) {
      const workers = await workforce.get();
      return { workers: workers.of(name), mismatches: workers.mismatches(name) };
    },
    async names(options) {
      await discovery.refresh(options);
      // Nobody may follow changes meanwhile; then a new queue is known by its workers.
      if (options?.patient) await workforce.get().catch(() => {});
      return [...discovery.names].sort();
    },
    changed: (name) => changed(name, "counts", "meta"),
    keysChanged(names) {
      if (names === null) {
        discovery.doubt();
        return changedAll();
      }
      for (const key of names) {
        const change = changeOf(keyspace, key);
        if (change === null) continue;
        const { queue, aspect } = change;
        if (aspect === "meta") discovery.saw(queue);
        if (discovery.names.has(queue)) changed(queue, aspect);
        else if (aspect === "counts") discovery.suspect(queue);
      }
    },
    close() {
      workforce.close();
      pulse.close();
      told.close();
      discovery.close();
    },
  };
}
