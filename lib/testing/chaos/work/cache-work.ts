// Random use of the user cache: a few hot keys of its own that it writes, everybody's that it reads, and keys that are
// written once and left to expire.

import { now } from "../clock.ts";
import { createVersions, type Desk, recordUnlessExpected } from "./desk.ts";

const KEYS = 4;

export function createCacheWork(desk: Desk) {
  const { cluster, random, setup, record } = desk;
  const nextVersion = createVersions(setup.life);
  const ownKey = () => `k:${setup.who}:${random.below(KEYS)}`;
  const anyKey = () => `k:${random.pick(setup.places)}:${random.below(KEYS)}`;

  async function write(key: string, ttlMs: number | null, removes: boolean, act: (v: number) => Promise<unknown>) {
    const version = nextVersion();
    const startedAt = now();
    let ackedAt: number | null = null;
    try {
      await act(version);
      ackedAt = now();
    } catch (error) {
      recordUnlessExpected(desk, `cache write ${key}`, error);
    }
    record({ kind: "write", store: "cache", key, version, removes, ttlMs, startedAt, ackedAt });
  }

  async function read(key: string): Promise<void> {
    const startedAt = now();
    try {
      const value = await cluster.cache.get(key);
      record({ kind: "read", store: "cache", key, version: versionOf(value), startedAt, endedAt: now() });
    } catch (error) {
      recordUnlessExpected(desk, `cache read ${key}`, error);
    }
  }

  return {
    async write(): Promise<void> {
      const key = ownKey();
      const ttlMs = 300 + random.below(4_000);
      const choice = random.below(10);
      if (choice === 0) await write(key, null, true, () => cluster.cache.deleteKey(key));
      else if (choice === 1) await write(key, null, false, (v) => cluster.cache.setNoExpire(key, { v }));
      else if (choice === 2) await writeOnce(ttlMs);
      else await write(key, ttlMs, false, (v) => cluster.cache.set(key, { v }, ttlMs));
    },
    async read(): Promise<void> {
      // Hot keys are read in a row: hits of the L1 are what is in question.
      const key = anyKey();
      for (let left = 1 + random.below(4); left > 0; left--) await read(key);
    },
  };

  function writeOnce(ttlMs: number): Promise<void> {
    const key = `once:${setup.who}:${setup.life}:${nextVersion()}`;
    return write(key, ttlMs, false, (v) => cluster.cache.set(key, { v }, ttlMs));
  }
}

/** What our writers, and the peers, put into a value. */
export function versionOf(value: unknown): number | null {
  const { v } = (value ?? {}) as { v?: unknown };
  return typeof v === "number" ? v : null;
}
