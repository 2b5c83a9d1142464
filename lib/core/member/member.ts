// What is known of an instance, and when it counts as alive. An instance lives while its last beat is young by Redis' own
// clock. That a key exists proves nothing: foreign servers renew each other's keys, and a stopped process leaves its own.
//
//   starting ──ready──▶ live ◀──▶ late ──▶ gone ──1 h──▶ forgotten          ("late" and "gone" by silence alone)
//        └────────────────┴──drain──▶ draining ──stop──▶ (left, at once)

import type { LinkStatus } from "../redis/link.ts";
import type { SubscriberState } from "../redis/subscriber.ts";

/** starting: something it needs is not ready · late: a beat is missing · gone: several are · draining: it is leaving. */
export type MemberState = "starting" | "live" | "late" | "gone" | "draining";

/** What the process itself measures; sizes in bytes, times in ms, over the time since the last beat. */
export interface ProcessFigures {
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly heapTotalBytes: number;
  readonly heapLimitBytes: number;
  /** CPU time by wall time: 1 is one core. */
  readonly cpuRatio: number;
  /** How much later than asked the event loop came round. */
  readonly loopDelayMs: { readonly mean: number; readonly p99: number; readonly max: number };
}

/** What an instance says of itself at each beat. */
export interface MemberManifest {
  readonly phase: "starting" | "running" | "draining";
  /** What it waits for while it starts. */
  readonly waitingFor: readonly string[];
  readonly host: string;
  readonly pid: number;
  readonly uptimeMs: number;
  /** The mean pause between its beats; a multiple of it tells late from gone. */
  readonly heartbeatMs: number;
  readonly application: { readonly name: string | null; readonly version: string | null };
  readonly versions: { readonly node: string; readonly core: string; readonly redisClient: string };
  readonly process: ProcessFigures;
  /** Its wall clock minus Redis' TIME, and the round trip of that measurement; null until measured. */
  readonly clock: { readonly offsetMs: number; readonly rttMs: number } | null;
  readonly link: { readonly state: LinkStatus["state"]; readonly reason: string | null };
  /** The connection that listens; `idle` until somebody subscribes. */
  readonly subscriber: SubscriberState;
  /** What the parts of the instance say of themselves, by section; what JSON can say, to be checked by who reads it. */
  readonly sections: { readonly [section: string]: unknown };
}

/** One instance as a reader sees it; times in ms of Redis' clock. */
export interface Member {
  readonly id: string;
  readonly state: MemberState;
  readonly beatAt: number;
  readonly silentMs: number;
  readonly startedAt: number | null;
  /** Null when what it wrote cannot be read. */
  readonly manifest: MemberManifest | null;
}

/** A look at the cluster: `at` is Redis' time in ms. Members in the order of their last beat, the most silent first. */
export interface MemberList {
  readonly at: number;
  readonly members: readonly Member[];
}

/** What was measured at one beat; `loopDelayMs` is the 99th percentile, `hits` and `misses` of the L1 count from the start of the process. */
export interface MemberSample {
  readonly at: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly cpuRatio: number;
  readonly loopDelayMs: number;
  readonly hits: number;
  readonly misses: number;
}

/** Mean ms between beats, ± a fifth so that a thousand instances do not beat as one. */
export const HEARTBEAT_MS = 5_000;
/** Silent for so many heartbeats: the longest pause is 1.2 of them, so late means that one was missed. */
const LATE_AFTER = 1.6;
const GONE_AFTER = 4;
/** A silent instance is shown, and its answers are kept, for so long. */
export const FORGET_MS = 3_600_000;
/** Ten minutes of samples at the ordinary pace: about 7 KB in Redis for each instance. */
export const SAMPLES = 120;

/**
 * The state of an instance that was silent for `silentMs`.
 * @param manifest null counts as running at the ordinary pace
 */
export function memberState(
  silentMs: number,
  manifest: Pick<MemberManifest, "phase" | "heartbeatMs"> | null,
): MemberState {
  const { lateMs, goneMs } = patience(manifest?.heartbeatMs);
  if (silentMs > goneMs) return "gone";
  if (manifest?.phase === "draining") return "draining";
  if (silentMs > lateMs) return "late";
  return manifest?.phase === "starting" ? "starting" : "live";
}

/** After how many ms of silence an instance is late, and gone. */
export function patience(heartbeatMs = HEARTBEAT_MS): { lateMs: number; goneMs: number } {
  return { lateMs: heartbeatMs * LATE_AFTER, goneMs: heartbeatMs * GONE_AFTER };
}
