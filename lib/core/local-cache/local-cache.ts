// L1: values of Redis kept in this process, least recently used first out, served only while a lease says that every
// change would have been heard of (lease.ts). It makes no connection and knows no key names.
//
// The hole that such caches have is between reading and keeping: a change that lands there is announced before there is
// anything to drop, and the old value would stay. So each read under way is a flight, and an announcement marks it: its
// value is handed out to those who wait and kept by nobody. The same guards this process's own writes: while one is under
// way its key is not kept, and when it ends, flights that began before it are marked. So one's own write is seen at once.
//
// Not promised: that a hit is newer than the last announcement. A change is served for as long as its announcement
// travels, and for at most the length of the lease when the link died unnoticed.

import { performance } from "node:perf_hooks";
import { LRUCache } from "lru-cache";
import type { Lease } from "./lease.ts";

/** What a load answers: the value, the ms Redis will keep it (-1 for ever), and about how many bytes it takes. */
export interface Loaded<Value> {
  readonly value: Value;
  readonly leftMs: number;
  readonly bytes: number;
}

/** Options of {@link LocalCache}. */
export interface LocalCacheOptions {
  readonly lease: Lease;
  readonly maxItems: number;
  readonly maxBytes: number;
  /** A copy is asked for anew after so long, whatever the lease says: the bound for what nobody announces. */
  readonly ttlMs: number;
  /** For so long after the last certainty a copy may answer when Redis cannot; see {@link LocalCache.stale}. */
  readonly staleMs?: number;
}

/** Counted since the start or the last reset; `size` is now. */
export interface LocalCacheStats {
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  readonly invalidations: number;
  readonly size: number;
}

interface Copy<Value> {
  readonly value: Value;
  readonly epoch: number;
  /** Served until then … */
  readonly freshUntil: number;
  /** … and Redis itself forgets it then. */
  readonly endsAt: number;
}

interface Flight<Value> {
  readonly landed: Promise<Landed<Value> | null>;
  isOvertaken: boolean;
}

/** `endsAt` is counted from before the question was sent: by then Redis had at least `leftMs` more to give. */
interface Landed<Value> {
  readonly loaded: Loaded<Value>;
  readonly startedAt: number;
  readonly endsAt: number;
}

/** How exactly lru-cache asks the time for what it removes by itself; hits are checked to the microsecond. */
const TTL_RESOLUTION_MS = 100;
/** Copies that ran out make room before any other does, looked for at most so often. */
const PURGE_EVERY_MS = 1_000;
/** PTTL is in whole ms; a copy ends no later than its original. */
const ROUNDING_MS = 1;

/** See the head of the file. `Value` is shared by all who read it: it must not be changed. */
export class LocalCache<Value extends object | string> {
  readonly #lease: Lease;
  readonly #ttlMs: number;
  readonly #staleMs: number;
  readonly #copies: LRUCache<string, Copy<Value>>;
  readonly #flights = new Map<string, Flight<Value>>();
  /** Own writes under way, by key. */
  readonly #writing = new Map<string, number>();
  #purgedAt = Number.NEGATIVE_INFINITY;
  #hits = 0;
  #misses = 0;
  #evictions = 0;
  #invalidations = 0;

  constructor({ lease, maxItems, maxBytes, ttlMs, staleMs = 0 }: LocalCacheOptions) {
    this.#lease = lease;
    this.#ttlMs = ttlMs;
    this.#staleMs = staleMs;
    this.#copies = new LRUCache({
      max: maxItems,
      maxSize: maxBytes,
      ttl: ttlMs + staleMs,
      ttlResolution: TTL_RESOLUTION_MS,
      dispose: (_copy, _key, reason) => {
        if (reason === "evict") this.#evictions++;
      },
    });
  }

  /** The copy, if it may be served now. Costs no promise: this is the path that everything else is for. */
  get(key: string): Value | undefined {
    const copy = this.#copies.get(key);
    if (copy === undefined) return undefined;
    const now = performance.now();
    if (now >= copy.freshUntil || now >= this.#lease.until || copy.epoch !== this.#lease.epoch) return undefined;
    this.#hits++;
    return copy.value;
  }

  /** When the copy's original ends (performance.now()), without counting as a use; undefined when there is no copy. */
  endsAt(key: string): number | undefined {
    const copy = this.#copies.peek(key);
    return copy && this.#lease.holds && copy.epoch === this.#lease.epoch ? copy.endsAt : undefined;
  }

  /**
   * Asks Redis for what {@link LocalCache.get} could not answer, once for all who ask meanwhile, and keeps it if that
   * is safe.
   * @returns null if there is nothing, or if it ended on its way here
   */
  async load(key: string, load: () => Promise<Loaded<Value> | null>): Promise<Value | null> {
    this.missed();
    // Without a lease nobody would tell a flight that it was overtaken: then everybody asks for themselves.
    const landed = await (this.#lease.holds ? this.#join(key, load) : fly(load));
    return landed !== null && performance.now() < landed.endsAt ? landed.loaded.value : null;
  }

  /** Counts a read that went past the copies. */
  missed(): void {
    this.#misses++;
  }

  /** What was last known, for when Redis is away: null unless certainty ended at most `staleMs` ago. */
  stale(key: string): Value | null {
    const lease = this.#lease;
    const copy = this.#copies.get(key);
    const now = performance.now();
    if (!copy || this.#staleMs === 0 || now >= copy.endsAt) return null;
    // Ended, not flushed: the copy is of the epoch that was interrupted, or of the one that still holds.
    const isLast = copy.epoch === lease.epoch || (lease.until === 0 && copy.epoch === lease.epoch - 1);
    return isLast && now - lease.confirmedAt <= this.#staleMs ? copy.value : null;
  }

  /** Runs this process's own write: its outcome is seen by every read that begins after it, also when it fails. */
  async write<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    for (const key of keys) {
      this.#writing.set(key, (this.#writing.get(key) ?? 0) + 1);
      this.#forget(key);
    }
    try {
      return await work();
    } finally {
      for (const key of keys) {
        const others = (this.#writing.get(key) ?? 1) - 1;
        if (others === 0) this.#writing.delete(key);
        else this.#writing.set(key, others);
        this.#forget(key);
      }
    }
  }

  /** Somebody changed it. */
  drop(key: string): void {
    if (this.#forget(key)) this.#invalidations++;
  }

  /** The lease was lost: copies are left behind, and kept only for {@link LocalCache.stale}. */
  lapse(): void {
    if (this.#staleMs === 0) this.clear();
    else this.#overtakeAll();
  }

  /** Everything changed. */
  clear(): void {
    this.#copies.clear();
    this.#overtakeAll();
  }
  stats(): LocalCacheStats {
    this.#copies.purgeStale();
    return {
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
      invalidations: this.#invalidations,
      size: this.#copies.size,
    };
  }

  resetStats(): void {
    this.#hits = 0;
    this.#misses = 0;
    this.#evictions = 0;
    this.#invalidations = 0;
  }

  #join(key: string, load: () => Promise<Loaded<Value> | null>): Promise<Landed<Value> | null> {
    const existing = this.#flights.get(key);
    if (existing) return existing.landed;
    const { epoch } = this.#lease;
    const flight: Flight<Value> = { landed: fly(load), isOvertaken: false };
    this.#flights.set(key, flight);
    const land = (landed: Landed<Value> | null) => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
      const isSafe = !flight.isOvertaken && !this.#writing.has(key) && this.#lease.holds && this.#lease.epoch === epoch;
      if (landed && isSafe) this.#keep(key, landed, epoch);
    };
    // Kept before anybody who waits goes on: the first reaction to a promise runs first.
    flight.landed.then(land, () => land(null));
    return flight.landed;
  }

  #keep(key: string, { loaded, startedAt, endsAt }: Landed<Value>, epoch: number): void {
    const now = performance.now();
    if (endsAt <= now) return;
    if (this.#copies.size >= this.#copies.max && now - this.#purgedAt > PURGE_EVERY_MS) {
      this.#purgedAt = now;
      this.#copies.purgeStale();
    }
    const copy = { value: loaded.value, epoch, freshUntil: Math.min(startedAt + this.#ttlMs, endsAt), endsAt };
    const ttl = Math.max(1, Math.min(this.#ttlMs + this.#staleMs, Math.ceil(endsAt - now)));
    this.#copies.set(key, copy, { ttl, size: Math.max(1, loaded.bytes) });
  }

  #overtakeAll(): void {
    for (const flight of this.#flights.values()) flight.isOvertaken = true;
    this.#flights.clear();
  }

  #forget(key: string): boolean {
    const flight = this.#flights.get(key);
    if (flight) {
      flight.isOvertaken = true;
      this.#flights.delete(key);
    }
    return this.#copies.delete(key);
  }
}

async function fly<Value>(load: () => Promise<Loaded<Value> | null>): Promise<Landed<Value> | null> {
  const startedAt = performance.now();
  const loaded = await load();
  if (loaded === null) return null;
  const endsAt = loaded.leftMs < 0 ? Number.POSITIVE_INFINITY : startedAt + loaded.leftMs - ROUNDING_MS;
  return { loaded, startedAt, endsAt };
}
