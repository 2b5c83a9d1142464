// The figures of all queues, read once for everybody who asks. A queue is read again only when something of it changed,
// and however many change at once, so many a second: a list that is open costs nothing while nothing happens, and as much
// for a hundred browsers as for one.
//
//   change feed ──"prod:mail:wait changed"──▶ dirty ──(told to browsers)──▶ they ask ──▶ read once, answered to all
//
// Where changes are not followed (nobody listens, or Redis refuses) figures are good for a moment only.

import type { PrefixMismatch, QueueList, QueueRow, QueueWorker } from "../../contracts/queues.ts";
import type { Keyspace } from "../../core/keyspace.ts";
import type { Connections } from "../../core/redis/connections.ts";
import type { LiveNews } from "../live/live.ts";
import type { Bullmq } from "./bullmq.ts";
import { type Aspect, changeOf } from "./changes.ts";
import { createDiscovery } from "./discovery.ts";
import { Pace } from "./pace.ts";
import { isEmpty, type MetaFacts, readCounts, readMeta, readOldest, type Snapshot } from "./snapshot.ts";
import { Teller } from "./teller.ts";
import type { Workforce } from "./workers.ts";
import { createWorkforceKeeper } from "./workforce-keeper.ts";

export interface QueueKeeper {
  /** All queues. @throws {StoreUnavailable} when there are no figures and Redis is away */
  list(options?: { refresh?: boolean }): Promise<QueueList>;
  /** One queue, as it is now; null when there is none of this name. */
  read(name: string): Promise<QueueRow | null>;
  workersOf(name: string): Promise<{ workers: QueueWorker[] | null; mismatches: PrefixMismatch[] }>;
  /** The names known, for those who record or export figures of every queue. */
  names(): Promise<string[]>;
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
  readonly isReadOnly: (queue: string) => boolean;
}

interface Entry {
  readonly name: string;
  snapshot: Snapshot | null;
  meta: MetaFacts | null;
  /** When the reading began, by performance.now and by the clock. */
  readAt: number;
  asOf: number;
  readonly dirty: Set<Aspect>;
  reading: Promise<void> | null;
}

/** One queue is read anew no sooner. */
const REREAD_MS = 200;
const PACE = { burst: 100, perSecond: 40 };
/** Figures that nobody follows are good for so long. */
const UNFOLLOWED_MS = 1_000;

export function createQueueKeeper(parts: Parts): QueueKeeper {
  const { connections, keyspace, publish, followingSince } = parts;
  const entries = new Map<string, Entry>();
  const pace = new Pace(PACE);
  const told = new Teller(publish);
  const isFollowing = () => followingSince() !== null;
  const discovery = createDiscovery({ connections, keyspace, followingSince, onFound: () => told.all() });
  const workforce = createWorkforceKeeper({
    ...{ connections, prefix: keyspace.queuePrefix, isFollowing, names: () => entries.keys() },
    onChange: (name) => told.queue(name),
  });

  function entryOf(name: string): Entry {
    const known = entries.get(name);
    if (known) return known;
    const entry: Entry = { name, snapshot: null, meta: null, readAt: 0, asOf: 0, dirty: new Set(), reading: null };
    entries.set(name, entry);
    return entry;
  }

  /** Whether what is known of it may be wrong. */
  function isStale({ snapshot, dirty, readAt }: Entry): boolean {
    const since = followingSince();
    if (snapshot === null || dirty.has("counts") || dirty.has("meta")) return true;
    return since === null ? performance.now() - readAt > UNFOLLOWED_MS : readAt < since;
  }

  function mayRead(entry: Entry): boolean {
    return entry.snapshot === null || (performance.now() - entry.readAt >= REREAD_MS && pace.take());
  }

  async function take(entry: Entry): Promise<void> {
    const { name } = entry;
    const since = followingSince();
    const metaIsKnown = entry.meta !== null && since !== null && entry.readAt > since && !entry.dirty.has("meta");
    entry.readAt = performance.now();
    entry.asOf = Date.now();
    entry.dirty.clear();
    try {
      const [meta, counts] = await Promise.all([
        metaIsKnown && entry.meta ? entry.meta : readMeta(parts, name),
        readCounts(parts, name),
      ]);
      entry.meta = meta;
      if (!meta.exists && isEmpty(counts)) {
        entries.delete(name);
        discovery.forget(name);
        return;
      }
      const { exists: _, ...facts } = meta;
      entry.snapshot = { ...facts, counts, oldestWaitingAt: await readOldest(parts, name, counts) };
    } catch (error) {
      if (entry.snapshot === null) entries.delete(name);
      entry.dirty.add("counts").add("meta");
      throw error;
    }
  }

  function reread(entry: Entry): Promise<void> {
    entry.reading ??= connections
      .run(() => take(entry))
      .finally(() => {
        entry.reading = null;
      });
    return entry.reading;
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
      await discovery.refresh({ force: refresh });
      const stale = Array.from(discovery.names, entryOf).filter((entry) => refresh || isStale(entry));
      const now = stale.filter((entry) => entry.reading !== null || mayRead(entry));
      const [workers] = await Promise.all([workforce.get(), ...now.map(reread)]);
      // What had to wait is told again when its turn has come.
      for (const entry of stale) if (isStale(entry) && isFollowing()) told.queue(entry.name);
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
      const isCurrent = isFollowing() && !isStale(entry);
      const [workers] = await Promise.all([workforce.get(), isCurrent ? null : reread(entry)]);
      if (!entries.has(name) || !hasSnapshot(entry)) return null;
      discovery.saw(name);
      return rowOf(entry, workers);
    },
    async workersOf(name) {
      const workers = await workforce.get();
      return { workers: workers.of(name), mismatches: workers.mismatches(name) };
    },
    async names() {
      await discovery.refresh();
      return [...discovery.names].sort();
    },
    changed(name) {
      entries.get(name)?.dirty.add("counts").add("meta");
      told.queue(name);
    },
    keysChanged(names) {
      if (names === null) {
        for (const { dirty } of entries.values()) dirty.add("counts").add("meta");
        discovery.doubt();
        return told.all();
      }
      for (const key of names) {
        const change = changeOf(keyspace, key);
        if (change === null) continue;
        const { queue, aspect } = change;
        if (aspect === "meta") discovery.saw(queue);
        if (!discovery.names.has(queue)) continue;
        entries.get(queue)?.dirty.add(aspect);
        told.queue(queue);
      }
    },
    close() {
      workforce.close();
      told.close();
      discovery.close();
    },
  };
}
