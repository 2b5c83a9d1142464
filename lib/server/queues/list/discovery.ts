// Finds the queues of the namespace without being told their names: a queue has a hash `prefix:<queue>:meta`. One walk
// over the names of our prefix finds those there are; the change feed then names each queue that anything happens to, and
// the connections of workers name theirs. A walk that takes longer is paced, so that it takes at most half of what Redis
// could give. What a walk found is remembered in Redis: a console that starts anew beside ten million keys has its list at
// once.

import { setTimeout as sleep } from "node:timers/promises";
import type { QueueList } from "../../../contracts/queues.ts";
import { escapeGlob, type Keyspace } from "../../../core/keyspace.ts";
import type { Connections } from "../../../core/redis/connections.ts";
import { classify } from "../../../explorer/key-class.ts";
import { scanLanes, surveyNodes } from "../../../explorer/nodes.ts";

export interface Discovery {
  /** The queues known now. */
  readonly names: ReadonlySet<string>;
  readonly state: QueueList["discovery"];
  /**
   * Walks when the last walk is old; resolves at once but for a first walk, which gets a moment. `force`: however young
   * the last is; `patient`: nobody looks, it may take its time.
   */
  refresh(options?: { force?: boolean; patient?: boolean }): Promise<void>;
  /** Somebody saw this queue. */
  saw(name: string): void;
  /** This may be one that is not known yet: looks. */
  suspect(name: string): void;
  /** It turned out to be gone. */
  forget(name: string): void;
  /** Names may have been missed: the next refresh walks. */
  doubt(): void;
  close(): void;
}

interface Parts {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  /** Told when a walk ends, and when a queue was found without. */
  readonly onFound: () => void;
  /** Since when every change is heard of: names found by a later walk stay current without another. */
  readonly followingSince: () => number | null;
  /** Whether more changes than are followed: then names are heard of now and then. */
  readonly isFlooded: () => boolean;
}

/** A step of some 2 ms in Redis: beside a million jobs there are many, and each is a round trip. */
const COUNT = 4_000;
const FIRST_WAIT_MS = 150;
/** A short walk is over before anybody would notice. */
const UNPACED_MS = 1_000;
/** A walk nobody waits for: in a large namespace it takes a 2000th of the time, and minutes. */
const QUIET = { unpacedKeys: 40_000, rest: 2_000, mostMs: 3_000 };
const MOST_REMEMBERED = 10_000;
const REMEMBERED_MS = 30 * 24 * 3_600_000;
/** Without the change feed names are this old at most … */
const STALE_MS = 5_000;
/** … but a walk rests for so many times what it worked. */
const REST = { wanted: 10, patient: 1_000 };
/** Who opens the list walks and begins to follow at once: a queue born in between may be found by a quiet walk. */
const OVERLAP_MS = 2_000;
/** What was looked at is not looked at again for so long. */
const SUSPECT_AGAIN_MS = 5_000;
const MOST_SUSPECTS = 1_000;

export function createDiscovery({ connections, keyspace, onFound, followingSince, isFlooded }: Parts): Discovery {
  const names = new Set<string>();
  /** Names seen while a walk is under way may lie behind it. */
  const seenSince = new Set<string>();
  const stop = new AbortController();
  let state: QueueList["discovery"] = { running: false, complete: false, examined: 0, total: 0, asOf: null };
  let walking: Promise<void> | null = null;
  let startedAt = Number.NEGATIVE_INFINITY;
  let endedAt = Number.NEGATIVE_INFINITY;
  let workedMs = 0;
  let isQuiet = false;
  let isDoubtful = true;
  let failure: unknown = null;
  let remembered: Promise<string> | undefined;
  let later: NodeJS.Timeout | undefined;
  const suspects = new Map<string, number>();

  /** A queue that is gone meanwhile is found to be gone when it is read. */
  async function recall(): Promise<string> {
    const text = ((await connections.call("GET", keyspace.own("queues"))) as string | null) ?? "[]";
    for (const name of JSON.parse(text) as string[]) names.add(name);
    return text;
  }

  async function remember(): Promise<void> {
    const text = JSON.stringify([...names].sort().slice(0, MOST_REMEMBERED));
    if (text === (await remembered)) return;
    remembered = Promise.resolve(text);
    await connections.call("SET", keyspace.own("queues"), text, "PX", REMEMBERED_MS);
  }

  /** ms until the next walk; null: names stay current without one. */
  function dueIn({ force, patient }: { force: boolean; patient: boolean }): number | null {
    const ageMs = performance.now() - endedAt;
    if (force) return 1_000 - ageMs;
    const since = followingSince();
    if (!isDoubtful && since !== null && startedAt > since) return null;
    const rest = patient || isFlooded() ? REST.patient : REST.wanted;
    return Math.max(state.complete ? STALE_MS : 0, rest * workedMs) - ageMs;
  }

  function saw(name: string): void {
    names.add(name);
    seenSince.add(name);
  }

  /** Whether next to nothing can have been missed. */
  function onlyMakesSure(): boolean {
    const since = followingSince();
    return since === null ? isFlooded() : !isDoubtful && startedAt > since - OVERLAP_MS;
  }

  async function looksReal(name: string): Promise<boolean> {
    const key = Buffer.from(`${keyspace.queuePrefix}:${name}:meta`);
    return queueOfMeta(keyspace, key) === name && (await connections.call("TYPE", key)) === "hash";
  }

  async function walk(): Promise<void> {
    startedAt = performance.now();
    workedMs = 0;
    const found = new Set<string>();
    isDoubtful = false;
    try {
      const nodes = await surveyNodes(connections);
      state = { ...state, running: true, examined: 0, total: nodes.reduce((sum, { size }) => sum + size, 0) };
      for (const node of nodes) await walkNode(node, found);
      for (const name of names) if (!found.has(name) && !seenSince.has(name)) names.delete(name);
      state = { ...state, complete: true, asOf: Date.now() };
      failure = null;
      // Only a convenience: a Redis user who may not write has the walk.
      await remember().catch(() => {});
    } catch (error) {
      isDoubtful = true;
      failure = error;
    } finally {
      seenSince.clear();
      endedAt = performance.now();
      state = { ...state, running: false };
      walking = null;
      if (!stop.signal.aborted) onFound();
    }
  }

  function restAfter(stepMs: number, keys: number): number {
    if (isQuiet && keys > QUIET.unpacedKeys) return Math.min(QUIET.rest * stepMs, QUIET.mostMs);
    return performance.now() - startedAt > UNPACED_MS ? Math.min(stepMs, 100) : 0;
  }

  async function walkNode(node: Awaited<ReturnType<typeof surveyNodes>>[number], found: Set<string>): Promise<void> {
    const pattern = Buffer.from(`${escapeGlob(keyspace.queuePrefix)}:*:meta`);
    const before = state.examined;
    let cursors: readonly (string | null)[] = ["0"];
    let steps = 0;
    while (cursors[0] !== null) {
      stop.signal.throwIfAborted();
      const steppedAt = performance.now();
      const page = await scanLanes(node.redis, [pattern], cursors, { count: COUNT, type: "hash" });
      cursors = page.next;
      for (const key of page.names) {
        const name = queueOfMeta(keyspace, key);
        if (name === null) continue;
        found.add(name);
        names.add(name);
      }
      state = { ...state, examined: before + Math.min(++steps * COUNT, node.size) };
      const stepMs = performance.now() - steppedAt;
      workedMs += stepMs;
      const restMs = restAfter(stepMs, node.size);
      if (restMs > 0) await sleep(restMs, undefined, { ref: false, signal: stop.signal });
    }
  }

  async function refresh({ force = false, patient = false } = {}): Promise<void> {
    remembered ??= recall();
    await remembered.catch(() => {
      remembered = undefined;
    });
    // Who looks does not want to wait for minutes, also when a quiet walk is under way.
    if (force || !(patient || onlyMakesSure())) isQuiet = false;
    const dueMs = dueIn({ force, patient });
    if (dueMs !== null && dueMs > 0 && !patient) comeBack(dueMs);
    if (dueMs !== null && dueMs <= 0 && walking === null && !stop.signal.aborted) {
      isQuiet = state.complete && !force && (patient || onlyMakesSure());
      walking = walk();
      await Promise.race([walking, sleep(FIRST_WAIT_MS, undefined, { ref: false })]);
    }
    if (state.asOf === null && walking === null && failure !== null) throw failure;
  }

  /** Whoever has the list open does not ask again while nothing happens. */
  function comeBack(inMs: number): void {
    clearTimeout(later);
    later = setTimeout(() => void refresh().catch(() => {}), inMs).unref();
  }

  return {
    names,
    refresh,
    get state() {
      return { ...state };
    },
    saw,
    suspect(name) {
      if (names.has(name) || performance.now() - (suspects.get(name) ?? Number.NEGATIVE_INFINITY) < SUSPECT_AGAIN_MS)
        return;
      if (suspects.size >= MOST_SUSPECTS) suspects.clear();
      suspects.set(name, performance.now());
      void looksReal(name)
        .then((isReal) => {
          if (!isReal) return;
          saw(name);
          onFound();
        })
        .catch(() => {});
    },
    forget(name) {
      names.delete(name);
    },
    doubt() {
      isDoubtful = true;
    },
    close() {
      stop.abort();
      clearTimeout(later);
    },
  };
}

/** The queue whose meta key this would be; null for a key of another subsystem, or a name BullMQ cannot have given. */
export function queueOfMeta(keyspace: Keyspace, key: Buffer): string | null {
  const text = key.toString();
  const name = text.slice(keyspace.queuePrefix.length + 1, -":meta".length);
  if (name === "" || name.includes(":") || text.includes("\ufffd")) return null;
  return classify(keyspace, key, true) === "bullmq" ? name : null;
}
