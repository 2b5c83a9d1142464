// Runtime snapshots: one instance loads a cache from its source and writes it into Redis, the others read it there. Keys,
// encoding and lock are those of current servers, so both kinds read each other's.
//
// Promise: among our writers an older snapshot never replaces a newer one. Foreign servers know no generations: theirs
// may, and then a reader that needs a certain generation has it loaded again.

import { randomUUID } from "node:crypto";
import type { Keyspace } from "../keyspace.ts";
import type { Connections } from "../redis/connections.ts";
import { defineScript } from "../redis/scripts.ts";
import { decodeSnapshot, decodeValue, encodeParts, encodeSnapshot, partName, type RuntimeSnapshot } from "./codec.ts";

export const claimScript = defineScript(new URL("./claim.lua", import.meta.url), { keys: 4 });
export const writeScript = defineScript(new URL("./write.lua", import.meta.url), { keys: 3 });
export const renewScript = defineScript(new URL("./renew.lua", import.meta.url), { keys: 2 });
export const unlockScript = defineScript(new URL("./unlock.lua", import.meta.url), { keys: 2 });

/** The wire's life cycle: a snapshot that nobody reads for half an hour goes. */
const LIFECYCLE_MS = 1_800_000;

/** ms. Whose end is told is not polled for; a foreign holder tells nobody, and takes the lock for 30 s at once. Ours is
 * renewed while it loads, so it can be short: what a killed holder was loading is loaded by another so soon. */
const LOCK = { ttlMs: 5_000, waitMs: 35_000, pollMs: 250 };

/** What our tokens begin with; foreign ones are bare UUIDs. */
const OURS = "keydeck:";

/** Name → value, to be read one by one by who keeps no copy of the whole. */
export type SnapshotParts = Readonly<Record<string, unknown>>;

type Load = () => Promise<unknown>;
type PartsOf = (data: unknown) => SnapshotParts;

/** A load that is done for all. */
interface Job {
  readonly cache: string;
  readonly generation: number;
  readonly load: Load;
  readonly signal: AbortSignal;
  readonly partsOf: PartsOf;
}

type Claim = [state: "fresh" | "mine" | "held", leftMs: number];

/** Options of {@link createRuntimeSnapshots}; times in ms. */
export interface RuntimeSnapshotsOptions {
  connections: Connections;
  keyspace: Keyspace;
  /** How long a snapshot lives after it was last read. @default 1800000 */
  lifecycleMs?: number;
  /** The refresh lock; renewed while its holder loads. @default 5000 */
  lockMs?: number;
  /** How long to wait for somebody else's refresh. @default 35000 */
  waitMs?: number;
}

/** Made by {@link createRuntimeSnapshots}. */
export interface RuntimeSnapshots {
  /** The snapshot; null when there is none. Reading keeps it alive. @throws {SnapshotUnreadable} {StoreUnavailable} */
  read(cache: string): Promise<RuntimeSnapshot | null>;
  /** One part of a snapshot, as current servers read single routes; undefined when there is none, or it was not read for
   * half an hour: the snapshot itself decides. @throws {SnapshotUnreadable} {StoreUnavailable} {InvalidInput} */
  readPart(cache: string, name: string): Promise<unknown>;
  /**
   * Writes it and its parts, in place of all earlier parts, unless a newer one was written.
   * @param generation µs @returns whether it was written @throws {InvalidInput} {StoreUnavailable}
   */
  write(cache: string, data: unknown, generation: number, parts?: SnapshotParts): Promise<boolean>;
  /**
   * The value of `cache` at `generation` or newer: from the snapshot, or loaded here if nobody else is at it.
   * Without Redis, and after waiting in vain, it is loaded here and not written.
   */
  loadOnce(cache: string, generation: number, load: Load, signal: AbortSignal, partsOf?: PartsOf): Promise<unknown>;
}

/** @see seed 000 "Redis runtime cache"; scripts claim.lua, write.lua */
export function createRuntimeSnapshots(options: RuntimeSnapshotsOptions): RuntimeSnapshots {
  const { connections, keyspace } = options;
  const { lifecycleMs = LIFECYCLE_MS, lockMs = LOCK.ttlMs, waitMs = LOCK.waitMs } = options;
  const generations = keyspace.own("snapshots");
  const news = keyspace.own("snapshots");
  const lockOf = (cache: string) => keyspace.runtimeCache(cache, "lock");
  const partPrefix = (cache: string) => keyspace.runtimeCache(cache, "aux", "");
  const leaseOf = (cache: string) => keyspace.own("snapshots", "lease", cache);

  async function read(cache: string): Promise<RuntimeSnapshot | null> {
    const key = keyspace.runtimeCache(cache);
    const bytes = (await connections.callBuffer("GETEX", key, "PX", lifecycleMs)) as Buffer | null;
    return bytes === null ? null : decodeSnapshot(bytes);
  }

  async function readPart(cache: string, name: string): Promise<unknown> {
    const key = partPrefix(cache) + partName(name);
    const bytes = (await connections.callBuffer("GETEX", key, "PX", lifecycleMs)) as Buffer | null;
    return bytes === null ? undefined : decodeValue(bytes);
  }

  async function write(cache: string, data: unknown, generation: number, parts: SnapshotParts = {}): Promise<boolean> {
    const now = new Date();
    const snapshot = {
      cacheIdentifier: cache,
      version: now.getTime(),
      updatedAt: now.toISOString(),
      data,
      generation,
    };
    const written = await writeScript.run(connections, [
      ...[keyspace.runtimeCache(cache), generations, keyspace.own("snapshots", "parts", cache)],
      ...[cache, generation.toFixed(0), encodeSnapshot(snapshot), lifecycleMs, news],
      ...[partPrefix(cache), ...encodeParts(parts)],
    ]);
    return written === 1;
  }

  /** The snapshot's value if it is new enough; undefined when it cannot be used. */
  async function readAt(cache: string, generation: number): Promise<{ data: unknown } | undefined> {
    try {
      const snapshot = await read(cache);
      // A foreign server's snapshot carries no generation: good enough only where none is asked for.
      return snapshot !== null && (snapshot.generation ?? 0) >= generation ? snapshot : undefined;
    } catch {
      return undefined;
    }
  }

  /** Nobody waits for a load that was given up: the lock goes then, and what still comes is not written. */
  async function loadAndWrite({ cache, generation, load, signal, partsOf }: Job, token: string): Promise<unknown> {
    const renewal = setInterval(() => {
      renewScript.run(connections, [lockOf(cache), leaseOf(cache), token, lockMs]).catch(() => {});
    }, lockMs / 3).unref();
    try {
      const data = await Promise.race([load(), untilAborted(signal)]);
      const parts = partsOf(data);
      // The value is good even if it cannot be kept: then the others load it themselves.
      await write(cache, data, generation, parts).catch(() => false);
      return data;
    } finally {
      clearInterval(renewal);
      await unlockScript.run(connections, [lockOf(cache), leaseOf(cache), token, cache, news]).catch(() => 0);
    }
  }

  async function claim(cache: string, generation: number, token: string, distrust: boolean) {
    const reply = await claimScript.run(connections, [
      ...[keyspace.runtimeCache(cache), lockOf(cache), generations, leaseOf(cache)],
      ...[cache, generation.toFixed(0), token, lockMs, distrust ? 1 : 0, OURS],
    ]);
    return reply as Claim;
  }

  return {
    read,
    readPart,
    write,
    async loadOnce(cache, generation, load, signal, partsOf = () => ({})) {
      const token = OURS + randomUUID();
      const deadline = performance.now() + waitMs;
      const waiter = createWaiter(connections, news, cache);
      let distrust = false;
      try {
        while (!signal.aborted && performance.now() < deadline) {
          const reply: Claim | null = await claim(cache, generation, token, distrust).catch(() => null);
          if (reply === null) break;
          const [state, leftMs]: Claim = reply;
          if (state === "mine") return await loadAndWrite({ cache, generation, load, signal, partsOf }, token);
          if (state === "held") await waiter.wait(Math.min(Math.max(leftMs, 1), LOCK.pollMs));
          const snapshot = state === "fresh" ? await readAt(cache, generation) : undefined;
          if (snapshot) return snapshot.data;
          distrust = state === "fresh";
        }
      } finally {
        waiter.close();
      }
      signal.throwIfAborted();
      return load();
    },
  };
}

/** Also when it was aborted before, while the lock was being claimed: a signal tells of it only once. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Waits for news of one cache; it listens from the first wait on. */
function createWaiter(connections: Connections, channel: string, cache: string) {
  let subscription: Promise<(() => Promise<void>) | undefined> | undefined;
  let wake = () => {};
  return {
    wait(ms: number): Promise<void> {
      subscription ??= connections
        .subscribe(channel, (message) => message.toString() === cache && wake())
        .catch(() => undefined);
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
    close(): void {
      subscription?.then((stop) => stop?.()).catch(() => {});
    },
  };
}
