// One instance's membership: it beats, one script call about every five seconds, and leaves when it ends in good order.
// Nothing is remembered between beats in Redis' keeping: after a restart without data the next beat makes it a member
// again. Who was stopped (SIGSTOP, a dead network) comes back by itself the same way.
//
// Not promised: that a member which is `live` answers. It was alive at its last beat, that is all.

import { performance } from "node:perf_hooks";
import { StoreUnavailable } from "../errors.ts";
import type { Keyspace } from "../keyspace.ts";
import type { Connections } from "../redis/connections.ts";
import type { LinkStatus } from "../redis/link.ts";
import { createClockOffset } from "./clock-offset.ts";
import { composeManifest } from "./manifest.ts";
import { FORGET_MS, HEARTBEAT_MS, type Member, type MemberManifest, type ProcessFigures, SAMPLES } from "./member.ts";
import { type ProcessWatch, watchProcess } from "./process-figures.ts";
import { createMemberReader } from "./reader.ts";
import { beatScript, leaveScript } from "./scripts.ts";

/** However often a beat is wished for, they are this far apart. */
const MIN_GAP_MS = 200;
/** A minute at the ordinary pace. */
const TIDY_EVERY = 12;
/** Part of the pause by which beats are early or late at random. */
const JITTER = 0.2;

/** The membership of one instance. Made by {@link createMemberRegistry}. */
export interface MemberRegistry {
  readonly instanceId: string;
  /** Why the last beat failed; null while it did not. */
  readonly failure: string | null;
  /** Begins to beat, in the background. */
  start(): void;
  /** Keeps the instance `starting` until the returned function is called; `what` is shown as the reason. */
  hold(what: string): () => void;
  /** A part's own section of the manifest: what `read` answers, as JSON, at each beat. @returns takes it out again */
  contribute(section: string, read: () => unknown): () => void;
  /** Wishes for a beat now, for example after an answer; wishes are joined. */
  beatSoon(): void;
  /** Everybody in the cluster, this instance included. @throws {StoreUnavailable} */
  members(): Promise<readonly Member[]>;
  /** Tells the others that this instance is leaving; it still beats. Never throws. */
  drain(): Promise<void>;
  /** Leaves at once and beats no more. Never throws: without Redis the silence tells the same, later. */
  stop(): Promise<void>;
}

/** Options of {@link createMemberRegistry}. */
export interface MemberRegistryOptions {
  connections: Connections;
  keyspace: Keyspace;
  /** 32 lower-case hex. */
  instanceId: string;
  /** What runs on this instance, to be shown; a version tells a rolling deployment apart. */
  application?: { name?: string | undefined; version?: string | undefined };
  /** Mean ms between beats. @default 5000 */
  heartbeatMs?: number;
  /** ms since the epoch; only reported, never decided by. @default Date.now */
  wallClock?: () => number;
}

/**
 * Makes an instance a member once {@link MemberRegistry.start} is called. One beat is one script call.
 * @see seed 000 "Cluster Architecture"; script beat.lua
 */
export function createMemberRegistry(options: MemberRegistryOptions): MemberRegistry {
  const { connections, keyspace, instanceId, heartbeatMs = HEARTBEAT_MS, wallClock = Date.now } = options;
  const keys = [
    keyspace.own("members"),
    keyspace.own("member", instanceId),
    keyspace.own("member", instanceId, "samples"),
  ];
  const application = { name: options.application?.name ?? null, version: options.application?.version ?? null };
  const sections = new Map<string, () => unknown>();
  const holds = new Set<{ what: string }>();
  const clock = createClockOffset();
  const reader = createMemberReader({ connections, keyspace });

  let watch: ProcessWatch | undefined;
  let measured: { at: number; figures: ProcessFigures } | undefined;
  let stopLink = () => {};
  let draining = false;
  let beats = 0;
  let failure: string | null = null;

  let timer: NodeJS.Timeout | undefined;
  let dueAt = Number.POSITIVE_INFINITY;
  let beating: Promise<void> | undefined;
  let wished = false;

  function manifest(figures: ProcessFigures): MemberManifest {
    return composeManifest({
      phase: draining ? "draining" : holds.size > 0 ? "starting" : "running",
      waitingFor: [...holds].map(({ what }) => what),
      ...{ heartbeatMs, application, figures, connections, sections },
      clock: clock.best(),
    });
  }

  async function beat({ read }: ProcessWatch): Promise<void> {
    // Not worth waiting for: the link says when it is back, and then the next beat follows at once.
    if (!isUsable(connections.link)) throw new StoreUnavailable(connections.link.reason ?? "not connected yet");
    const sentAt = performance.now();
    // A beat on the heels of another has measured nothing yet that is worth a sample.
    const isSample = measured === undefined || sentAt - measured.at > heartbeatMs / 2;
    if (isSample || measured === undefined) measured = { at: sentAt, figures: read() };
    const said = manifest(measured.figures);
    const sentWall = wallClock();
    const redisUs = await beatScript.run(connections, [
      ...keys,
      instanceId,
      JSON.stringify(said),
      isSample ? sampleOf(said) : "",
      SAMPLES,
      FORGET_MS,
      beats % TIDY_EVERY === 0 ? "tidy" : "",
    ]);
    const rttMs = performance.now() - sentAt;
    clock.note({ offsetMs: sentWall + rttMs / 2 - Number(redisUs) / 1_000, rttMs });
    // The first beat knows no offset yet; the second follows on its heels.
    if (beats === 0) wished = true;
    beats++;
  }

  function beatNow(): Promise<void> {
    clearTimeout(timer);
    dueAt = Number.POSITIVE_INFINITY;
    if (watch === undefined) return Promise.resolve();
    wished = false;
    beating = beat(watch)
      .then(
        () => {
          failure = null;
        },
        (error: unknown) => {
          failure = error instanceof Error ? error.message : String(error);
        },
      )
      .finally(() => {
        beating = undefined;
        schedule(wished ? MIN_GAP_MS : heartbeatMs * (1 - JITTER + 2 * JITTER * Math.random()));
      });
    return beating;
  }

  /** Beats in `ms`, unless a beat is due before. */
  function schedule(ms: number): void {
    const at = performance.now() + ms;
    if (watch === undefined || at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(beatNow, ms).unref();
  }

  function beatSoon(): void {
    // One at a time: a wish during a beat is granted right after it.
    if (beating) wished = true;
    else schedule(beats > 0 ? MIN_GAP_MS : 0);
  }

  return {
    instanceId,
    get failure() {
      return failure;
    },
    start() {
      if (watch !== undefined) return;
      watch = watchProcess();
      stopLink = connections.onLink((link) => isUsable(link) && beatSoon());
      schedule(0);
    },
    hold(what) {
      const held = { what };
      holds.add(held);
      return () => {
        if (holds.delete(held)) beatSoon();
      };
    },
    contribute(section, read) {
      sections.set(section, read);
      return () => void (sections.get(section) === read && sections.delete(section));
    },
    beatSoon,
    members: async () => (await reader.members()).members,
    async drain() {
      draining = true;
      while (beating) await beating;
      await beatNow();
    },
    async stop() {
      watch?.close();
      watch = undefined;
      clearTimeout(timer);
      stopLink();
      await beating;
      if (beats > 0) await leaveScript.run(connections, [...keys, instanceId]).catch(() => {});
    },
  };
}

function isUsable({ state }: LinkStatus): boolean {
  return state === "ready" || state === "degraded";
}

/** The figures that are kept over time, in the order of {@link MemberSample}. */
function sampleOf({ process: { rssBytes, heapUsedBytes, cpuRatio, loopDelayMs }, sections }: MemberManifest): string {
  const { hits = 0, misses = 0 } = (sections.l1 ?? {}) as { hits?: number; misses?: number };
  return [rssBytes, heapUsedBytes, cpuRatio, loopDelayMs.p99, hits, misses].join(",");
}
