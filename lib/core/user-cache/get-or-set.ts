// Read-through: who misses loads, once per process and key, and everybody waiting gets the same answer.
//
// A load that is overtaken by a set or delete of the same key in this process is not written: its value may be older.

import { CoreError, InvalidInput } from "../errors.ts";
import { checkTtl } from "./limits.ts";
import { parse, serialize } from "./serialization.ts";

/** Times in ms. */
export interface GetOrSetOptions {
  /** How long the value is fresh; integer ≥ 1. */
  readonly ttlMs: number;
  /**
   * How much longer it is kept for the case that loading fails. Plain `get` sees it all the while. @default 0
   */
  readonly graceMs?: number;
  /** With a stale value at hand, how long to wait for the load before that is served instead. @default no bound */
  readonly softTimeoutMs?: number;
}

interface Driver {
  /** `leftMs` is -1 for a value that never expires. */
  readWithTtl(key: string): Promise<{ text: string; leftMs: number } | null>;
  write(key: string, text: string, ttlMs: number): Promise<unknown>;
  remove(key: string): Promise<void>;
}

/** One load under way; answers the serialized value, or null if there is none. */
interface Flight {
  readonly text: Promise<string | null>;
  overtaken: boolean;
}

/** What a user cache adds to get, set and delete; keys are full names. */
export interface Loads {
  getOrSet<T>(key: string, load: () => T | Promise<T>, options: GetOrSetOptions): Promise<T | null>;
  /** The key was written or removed: what is being loaded for it must not be kept. */
  forget(key: string): void;
  forgetAll(): void;
}

/** Adds read-through to a driver. @throws (getOrSet) what loading throws, {InvalidInput} {TtlInvalid} for bad options */
export function createGetOrSet(driver: Driver): Loads {
  const flights = new Map<string, Flight>();

  function fly(key: string, load: () => unknown, keepMs: number): Flight {
    const flight: Flight = { text: run(), overtaken: false };
    flight.text.catch(() => {}); // nobody may be waiting for it any more
    flights.set(key, flight);
    return flight;

    async function run(): Promise<string | null> {
      try {
        await null; // `flight` exists from here on
        const value = await load();
        const text = value === null || value === undefined ? null : serialize(value);
        if (!flight.overtaken) await keep(text);
        return text;
      } finally {
        if (flights.get(key) === flight) flights.delete(key);
      }
    }

    async function keep(text: string | null): Promise<void> {
      try {
        await (text === null ? driver.remove(key) : driver.write(key, text, keepMs));
      } catch (error) {
        // The value is loaded and right. That it was not kept (too large, no room, Redis away) costs the next caller.
        if (!(error instanceof CoreError)) throw error;
      }
    }
  }

  return {
    async getOrSet<T>(key: string, load: () => T | Promise<T>, options: GetOrSetOptions): Promise<T | null> {
      const { ttlMs, graceMs, softTimeoutMs } = checkOptions(options);
      const found = await driver.readWithTtl(key);
      if (found && (found.leftMs === -1 || found.leftMs > graceMs)) return parse(found.text) as T;

      const flight = flights.get(key) ?? fly(key, load, ttlMs + graceMs);
      const text = found ? await orStale(flight.text, found.text, softTimeoutMs) : await flight.text;
      return text === null ? null : (parse(text) as T);
    },
    forget(key) {
      const flight = flights.get(key);
      if (!flight) return;
      flight.overtaken = true;
      flights.delete(key);
    },
    forgetAll() {
      for (const flight of flights.values()) flight.overtaken = true;
      flights.clear();
    },
  };
}

/** The loaded text, or the stale one if loading fails or takes too long. */
async function orStale(loaded: Promise<string | null>, stale: string, softTimeoutMs: number | undefined) {
  const safely = loaded.catch(() => stale);
  if (softTimeoutMs === undefined) return safely;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, softTimeoutMs, stale);
  });
  try {
    return await Promise.race([safely, late]);
  } finally {
    clearTimeout(timer);
  }
}

function checkOptions({ ttlMs, graceMs = 0, softTimeoutMs }: GetOrSetOptions) {
  for (const [option, ms] of Object.entries({ graceMs, softTimeoutMs: softTimeoutMs ?? 0 })) {
    if (Number.isSafeInteger(ms) && ms >= 0) continue;
    throw new InvalidInput(`Expected \`${option}\` to be an integer ≥ 0, got ${ms}`);
  }
  checkTtl(checkTtl(ttlMs) + graceMs);
  return { ttlMs, graceMs, softTimeoutMs };
}
