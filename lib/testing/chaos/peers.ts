// The two wire peers of every run. Beside answering to the exchange (exchange.ts) each writes keys and sessions of its own
// all the time, which the instances read like everybody's.

import { CURRENT_CHANNEL, type CurrentPeer, type CurrentSignal, createCurrentPeer } from "../wire-peer-current.ts";
import {
  createDocumentedPeer,
  DOCUMENTED_CHANNELS,
  type DocumentedPeer,
  type DocumentedSignal,
  SESSION_CHANNEL,
} from "../wire-peer-documented.ts";
import { now } from "./clock.ts";
import { createRandom } from "./random.ts";
import type { World } from "./world.ts";

/** The real renewer works every 20 s; a run is shorter. */
const RENEW_MS = 3_000;
const WRITE_MS = 60;
const KEPT_SIGNALS = 500;

export interface Peers {
  readonly documented: DocumentedPeer;
  readonly current: CurrentPeer;
  /** Signals of others that each heard, newest last. */
  readonly heard: { readonly documented: DocumentedSignal[]; readonly current: CurrentSignal[] };
  /** Messages that a peer could not read although nobody sent garbage on purpose. */
  readonly misunderstood: string[];
  /** Base channels on which the peers, or ours, listen. */
  readonly channels: readonly string[];
  /** Says of a text that it was sent to be unreadable. */
  expectGarbage(text: string): void;
  work(): void;
  rest(): Promise<void>;
  stop(): Promise<void>;
}

export async function startPeers(world: World): Promise<Peers> {
  const { deployment, keyspace } = world;
  const { nodeName } = deployment;
  const heard = { documented: [] as DocumentedSignal[], current: [] as CurrentSignal[] };
  const misunderstood: string[] = [];
  const garbage = new Set<string>();
  const keep = <T>(list: T[], item: T) => void (list.push(item) > KEPT_SIGNALS && list.shift());
  const complain = (text: string) => void (garbage.has(text) || misunderstood.push(text.slice(0, 300)));

  const documented = createDocumentedPeer({
    ...{ redis: deployment.connect(), subscriber: deployment.listen(), nodeName },
    onSignal: (signal) => keep(heard.documented, signal),
    onMisunderstood: (_, text) => complain(text),
  });
  const current = createCurrentPeer({
    ...{ redis: deployment.connect(), subscriber: deployment.listen(), nodeName, renewMs: RENEW_MS },
    onSignal: (signal) => keep(heard.current, signal),
    onMisunderstood: complain,
    onRenewed: (keys) => {
      const prefix = keyspace.userCachePrefix;
      const names = keys.filter((key) => key.startsWith(prefix)).map((key) => `cache|${key.slice(prefix.length)}`);
      world.record({ who: "current", life: 1 }, { kind: "renewed", keys: names, at: now() });
      world.ttls.exempt(keys);
    },
  });
  await Promise.all([documented.start(), current.start()]);
  const writers = [createWriter(world, "documented", documented), createWriter(world, "current", current)];

  return {
    documented,
    current,
    heard,
    misunderstood,
    channels: [...DOCUMENTED_CHANNELS, CURRENT_CHANNEL, SESSION_CHANNEL],
    expectGarbage: (text) => void garbage.add(text),
    work() {
      for (const writer of writers) writer.work();
    },
    rest: async () => void (await Promise.all(writers.map((writer) => writer.rest()))),
    stop: () => current.stop(),
  };
}

/** Writes values of the user cache, and sessions where the peer knows them, in the versions that readers check. */
function createWriter(world: World, who: string, peer: DocumentedPeer | CurrentPeer) {
  const random = createRandom(who.length);
  let version = 1_000_000;
  let isWorking = false;
  let working = Promise.resolve();

  async function write(
    store: "cache" | "session",
    key: string,
    removes: boolean,
    act: (v: number) => Promise<unknown>,
  ) {
    const startedAt = now();
    const v = ++version;
    const ackedAt = await act(v).then(now, () => null);
    world.record({ who, life: 1 }, { kind: "write", store, key, version: v, removes, ttlMs: null, startedAt, ackedAt });
  }

  async function writeOne(): Promise<void> {
    const number = random.below(4);
    const removes = random.oneIn(5);
    if ("sessions" in peer && random.oneIn(2)) {
      const id = `session-${who}-${number}`;
      await write("session", id, removes, (v) =>
        removes ? peer.sessions.remove(id) : peer.sessions.save(id, { v }, 600),
      );
    } else {
      const key = `k:${who}:${number}`;
      await write("cache", key, removes, (v) =>
        removes ? peer.cache.deleteKey(key) : peer.cache.set(key, { v }, 600_000),
      );
    }
  }

  async function go(): Promise<void> {
    while (isWorking) {
      await writeOne();
      await new Promise((resolve) => setTimeout(resolve, random.below(WRITE_MS)));
    }
  }

  return {
    work() {
      if (isWorking) return;
      isWorking = true;
      working = go();
    },
    async rest() {
      isWorking = false;
      await working;
    },
  };
}
