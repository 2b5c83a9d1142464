// Leases in the books. Most leases are given back within a millisecond or two, and then they cost nothing but the lock
// itself. A lease that lasts is entered a moment later: counted in the quota, marked as held (so that eviction spares
// it), and logged with its holder. Until then no book names it, so nobody can evict it either.

import type { ScriptClient } from "../redis/scripts.ts";
import { enterLeasesScript } from "./scripts.ts";
import type { Held } from "./store.ts";

/** A lease that lasts so long is entered, in ms. */
const LASTS_MS = 40;
const RETRY_MS = 250;
/** So many leases, and locks that were met held, in one script call; of leases that passed, so many are logged at a time. */
const BATCH = 16;
const LOGGED = 2;

/** Enters leases in the background. */
export interface LeaseBooks {
  /** A lease begins; it is in the set. */
  opened(): void;
  /** It ends before it was entered. */
  passed(lease: Held): void;
  /** Somebody met a lock held. */
  contended(name: string): void;
  /** Whether the quota had no room for the last lease that was entered. */
  isFull: boolean;
  /** Stops; what is left is entered no more, as nobody holds it. */
  close(): void;
}

/** One line for enter.lua: lock, token, and the ms it was held if it is over. */
type Line = readonly [name: string, token: string, passedMs: number | ""];

/** @param options.keys the keys of enter.lua   @param options.limitBytes the quota; 0 none   @param options.leases all that live */
export function createLeaseBooks(options: {
  store: ScriptClient;
  keys: readonly string[];
  limitBytes: number;
  leases: Iterable<Held>;
}): LeaseBooks {
  const { store, keys, limitBytes, leases } = options;
  let passed: Line[] = [];
  let met = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let isAway = false;

  function enterLater(): void {
    timer ??= setTimeout(() => void enterDue(), isAway ? RETRY_MS : LASTS_MS).unref();
  }

  async function enterDue(): Promise<void> {
    const now = performance.now();
    const young = [...leases].filter(({ isEntered }) => !isEntered);
    const due = young.filter(({ since }) => now - since >= LASTS_MS);
    // Commands keep their order: a release that is sent from now on finds the lease in the books.
    for (const lease of due) lease.isEntered = true;
    const lines: Line[] = [...passed, ...due.map(({ name, token }): Line => [name, token, ""])];
    const contended = [...met].slice(0, BATCH);
    passed = [];
    met = new Map([...met].slice(BATCH));
    try {
      for (let at = 0; at < lines.length || (at === 0 && contended.length > 0); at += BATCH)
        await enter(lines.slice(at, at + BATCH), at === 0 ? contended : []);
      isAway = false;
    } catch {
      // Redis is away. The leases are none the worse; those that still live are entered when it is back.
      isAway = true;
      for (const lease of due) lease.isEntered = false;
    }
    timer = undefined;
    if (isAway || young.length > due.length || passed.length > 0 || met.size > 0) enterLater();
  }

  async function enter(lines: readonly Line[], contended: readonly [string, number][]): Promise<void> {
    const args = [limitBytes, lines.length, ...lines.flat(), ...contended.flat()];
    books.isFull = (await enterLeasesScript.run(store, [...keys, ...args])) === 0;
  }

  const books: LeaseBooks = {
    isFull: false,
    opened() {
      if (timer === undefined) enterLater();
    },
    passed(lease) {
      if (passed.length < LOGGED) passed.push([lease.name, lease.token, Math.round(performance.now() - lease.since)]);
    },
    contended(name) {
      met.set(name, (met.get(name) ?? 0) + 1);
      enterLater();
    },
    close: () => clearTimeout(timer),
  };
  return books;
}
