// Keeps copies in memory true: hears of every change, and lends leases (lease.ts) for exactly as long as it is certain
// that it does. One connection of its own hears everything in order.
//
//   open ──▶ arm ──▶ leases begin ──▶ asked every 1.75 s, extended by each answer ──▶ connection lost ──▶ leases end ──▶ open …
//
// In mode `tracking` the question is a PING on the very connection that carries the news: what Redis sent before the
// answer was heard before it. So a lease is a proof, and a half-open link, a stopped process (SIGSTOP) or a stalled
// event loop end it by the clock alone, at most 2.75 s after the last answered question. Elsewhere (Redis Cluster, or
// an ACL that denies CLIENT TRACKING) the mode is `versioned`: writers announce what they change, over Pub/Sub for speed
// and in a stream for certainty, and the question is "what is in the stream since"; it serves only copies whose writers
// all announce. Mode `ttl` believes every copy for its TTL, `off` none.
//
// Not promised: that a change is heard at once. It is served until its announcement arrives, and never longer than the
// lease. While there is no lease, readers read Redis.

import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { StorePermission, StoreUnavailable } from "../errors.ts";
import type { Connections } from "../redis/connections.ts";
import { watchSilence } from "../redis/link.ts";
import { mapStoreError } from "../redis/store-error.ts";
import { armTracking, INVALIDATIONS } from "../redis/tracking.ts";
import type { Lease } from "./lease.ts";
import { lendLeases } from "./lend-leases.ts";

/** tracking: Redis tells of every change · versioned: the writers do · ttl: nobody does · off: nothing is copied */
export type LocalCacheMode = "tracking" | "versioned" | "ttl" | "off";

/** How writers announce what they change, where Redis does not. */
export interface Announcements {
  readonly channel: string;
  onMessage(message: Buffer): void;
  /** Notes where the stream ends now: what came before it concerns no copy, as there is none yet. */
  begin(): Promise<void>;
  /** Hears what the stream says since, whether or not a message told it already. */
  catchUp(): Promise<void>;
}

/** One kind of copies. */
export interface Follower {
  readonly lease: Lease;
  /** What the full names of its keys begin with. */
  readonly prefix: string;
  readonly announcements?: Announcements;
  /** The key `prefix + rest` changed. */
  changed(rest: string): void;
  /** Every key changed. */
  flushed(): void;
  /** The lease was lost. */
  lost(): void;
}

/** How copies are kept true now. */
export interface CoherenceStatus {
  /** What is at work; `versioned` although `tracking` was wished for where Redis does not allow it. */
  readonly mode: LocalCacheMode;
  /** Whether copies are served. */
  readonly armed: boolean;
  /** Why not, in words. */
  readonly reason: string | null;
}

/** Made by {@link createCoherence}. */
export interface Coherence {
  readonly status: CoherenceStatus;
  /** Takes a kind of copies in; before `open`. */
  follow(follower: Follower): void;
  /** Begins, in the background; further calls do nothing. Mends itself until it is closed. */
  open(): void;
  /** Serves no copy from now on. A connection that is just being made ends when it is there. */
  close(): void;
}

const SILENCE_MS = 2_500;
const MAX_PAUSE_MS = 1_000;
/** An ACL may change; until then there is the other mode. */
const REFUSED_MS = 30_000;

/** @param options.mode what to strive for */
export function createCoherence(options: { connections: Connections; mode: LocalCacheMode }): Coherence {
  const { connections, mode } = options;
  const followers: Follower[] = [];
  const stop = new AbortController();
  let isOpen = false;
  let refusedAt = Number.NEGATIVE_INFINITY;
  let status: CoherenceStatus = { mode, armed: mode === "ttl", reason: mode === "ttl" ? null : "not opened yet" };

  async function run(): Promise<void> {
    for (let failures = 0; !stop.signal.aborted; ) {
      const armedFor = await runOnce().catch(() => 0);
      failures = armedFor > MAX_PAUSE_MS ? 0 : failures + 1;
      const pause = Math.min(25 * 2 ** Math.min(failures, 7), MAX_PAUSE_MS) * (0.5 + Math.random());
      await sleep(pause, undefined, { signal: stop.signal, ref: false }).catch(() => {});
    }
  }

  /** Opens, arms, stays until the connection is lost. @returns for how long it was armed, in ms */
  async function runOnce(): Promise<number> {
    const isTracking = mode === "tracking" && connections.topology !== "cluster" && !wasRefused();
    const lost = new AbortController();
    const ended = AbortSignal.any([lost.signal, stop.signal]);
    // Commands and news must come from one server: when either link is lost, both are looked for anew.
    const stopListening = connections.onLink(({ state }) => state === "down" && lost.abort());
    let redis: Redis | undefined;
    let stopAsking = () => {};
    let stopWatching = () => {};
    const startedAt = performance.now();
    try {
      redis = await openNews(connections, () => lost.abort());
      listen(redis, followers);
      const heard = isTracking ? followers : followers.filter(({ announcements }) => announcements);
      const askedAt = await arm(redis, heard, isTracking);
      ended.throwIfAborted();
      const ask = isTracking ? pinger(redis) : () => Promise.all(heard.map((one) => one.announcements?.catchUp()));
      // The questions below are its pings; it has none of its own to send.
      stopWatching = watchSilence(redis, SILENCE_MS, () => lost.abort(), undefined, SILENCE_MS);
      stopAsking = lendLeases(heard, ask, askedAt);
      status = { mode: isTracking ? "tracking" : "versioned", armed: true, reason: null };
      await once(ended, "abort");
      return performance.now() - startedAt;
    } catch (error) {
      const mapped = mapStoreError(error);
      if (mapped instanceof StorePermission && isTracking) refusedAt = performance.now();
      status = { ...status, armed: false, reason: mapped instanceof Error ? mapped.message : String(mapped) };
      throw mapped;
    } finally {
      stopListening();
      stopAsking();
      stopWatching();
      redis?.disconnect();
      if (status.armed) status = { ...status, armed: false, reason: "the connection that hears of changes was lost" };
    }
  }

  async function arm(redis: Redis, heard: readonly Follower[], isTracking: boolean): Promise<number> {
    const channels = heard.flatMap(({ announcements }) => announcements?.channel ?? []);
    if (connections.topology !== "cluster") await mustBeOneServer(redis, connections);
    await Promise.all(heard.map(({ announcements }) => announcements?.begin()));
    const askedAt = performance.now();
    if (isTracking)
      await armTracking(
        redis,
        heard.map(({ prefix }) => prefix),
        channels,
      );
    else if (channels.length > 0) await redis.subscribe(...channels);
    return askedAt;
  }

  function wasRefused(): boolean {
    return performance.now() - refusedAt < REFUSED_MS;
  }

  return {
    get status() {
      return status.armed && mode !== "ttl" && !followers.some(({ lease }) => lease.holds)
        ? { ...status, armed: false, reason: "no answer in time" }
        : status;
    },
    follow(follower) {
      followers.push(follower);
      if (mode === "ttl") follower.lease.begin(performance.now(), Number.POSITIVE_INFINITY);
    },
    open() {
      if (isOpen || mode === "ttl" || mode === "off") return;
      isOpen = true;
      void run();
    },
    close() {
      stop.abort();
      for (const { lease } of followers) lease.end();
    },
  };
}

async function openNews(connections: Connections, onLost: () => void): Promise<Redis> {
  const redis = await connections.duplicate({
    protocol: 2,
    autoResubscribe: false,
    // Replaced as a whole when lost: who the primary is must be asked anew.
    retryStrategy: () => null,
    connectionName: "keydeck:news",
  });
  redis.on("close", onLost);
  return redis;
}

function listen(redis: Redis, followers: readonly Follower[]): void {
  redis.on("messageBuffer", (channelBytes: Buffer, payload: Buffer | Buffer[] | null) => {
    const channel = channelBytes.toString();
    if (channel !== INVALIDATIONS) {
      for (const { announcements } of followers)
        if (announcements?.channel === channel) announcements.onMessage(payload as Buffer);
    } else if (payload === null) {
      for (const { lease, flushed } of followers) {
        lease.flush();
        flushed();
      }
    } else {
      for (const bytes of payload as Buffer[]) {
        const name = bytes.toString();
        for (const { prefix, changed } of followers) if (name.startsWith(prefix)) changed(name.slice(prefix.length));
      }
    }
  });
}

/** After a failover the two links may lead to two servers for a while; then news of one would vouch for the other. */
async function mustBeOneServer(redis: Redis, connections: Connections): Promise<void> {
  const ask = (client: Pick<Redis, "info">) => client.info("server").then(runIdOf, () => undefined);
  const [news, commands] = await Promise.all([ask(redis), connections.run((client) => ask(client))]);
  if (news !== commands) throw new StoreUnavailable("two connections lead to two servers");
}

function runIdOf(info: string): string | undefined {
  return /^run_id:(\S+)/m.exec(info)?.[1];
}

function pinger(redis: Redis): () => Promise<unknown> {
  return () => redis.ping();
}
