// Invariants 6 and 7, as readers see them: what is read was not overwritten, deleted or wiped longer ago than news may take;
// it did not outlive its TTL; one instance never reads backwards; and what was acknowledged does not vanish.
//
// Each key has one writer, whose versions count up, so order is known without asking Redis. A write whose answer never came
// may be there or not, and may come late: nothing is concluded from it.

import type { ChaosEvent } from "../events.ts";
import { CONDUCTOR, type Timeline } from "../timeline.ts";

/** How old news may be: over healthy links, and when a link is half open (the silence that proves it, and the reaction). */
const HEALTHY_MS = 50;
const HALF_OPEN_MS = 3_500;
const TTL_SLACK_MS = 100;
/** A write without an answer has happened by then, or never will. */
const LATE_WRITE_MS = 6_000;

/** A process that is killed takes along what it did in its last moments, on a busy machine in its last seconds. */
const UNTOLD_MS = 2_000;

type Write = Extract<ChaosEvent, { kind: "write" }>;
type Read = Extract<ChaosEvent, { kind: "read" }>;

export class FreshnessCheck {
  readonly #timeline: Timeline;
  readonly #isWipeTold: boolean;
  readonly #writes = new Map<string, Write[]>();
  readonly #lastRead = new Map<string, Read>();
  /** Keys a foreign renewer touched, and when: their TTL is not ours any more. */
  readonly #renewed = new Map<string, number[]>();
  /** The oldest overwritten version that was read after its overwrite was acknowledged, in ms. */
  worstLagMs = 0;
  reads = 0;

  /** @param isWipeTold whether Redis itself tells of a FLUSHALL; else it is found out within a lease */
  constructor(timeline: Timeline, isWipeTold: boolean) {
    this.#timeline = timeline;
    this.#isWipeTold = isWipeTold;
  }

  check(events: readonly ChaosEvent[]): string[] {
    const violations: string[] = [];
    for (const event of events) {
      if (event.kind === "write") this.#note(event);
      else if (event.kind === "renewed")
        for (const key of event.keys) this.#renewed.set(key, [...(this.#renewed.get(key) ?? []), event.at]);
    }
    for (const event of events) {
      if (event.kind !== "read") continue;
      this.reads++;
      const problem = this.#judge(event) ?? this.#judgeOrder(event);
      if (problem) violations.push(`${event.who}#${event.life} read ${event.store} ${event.key}: ${problem}`);
    }
    return violations;
  }

  /** Keeps of each key what later rounds can still be judged by. */
  forget(before: number): void {
    for (const [key, writes] of this.#writes) {
      const last = writes.findLastIndex((write) => write.ackedAt !== null);
      this.#writes.set(key, writes.slice(Math.max(0, last - 2)));
    }
    for (const [key, read] of this.#lastRead) if (read.endedAt < before) this.#lastRead.delete(key);
    for (const [key, times] of this.#renewed) if (times.every((at) => at < before)) this.#renewed.delete(key);
  }

  #note(write: Write): void {
    const key = `${write.store}|${write.key}`;
    const list = this.#writes.get(key);
    if (list) list.push(write);
    else this.#writes.set(key, [write]);
  }

  #judge(read: Read): string | undefined {
    const writes = this.#writes.get(`${read.store}|${read.key}`) ?? [];
    const newest = writes.findLast((write) => this.#isKnownTo(write, read));
    if (read.version === null) return newest && this.#judgeAbsence(read, newest, writes);
    const own = writes.find(({ version }) => version === read.version);
    // Written by a process that died before it could tell: it may be old or new.
    if (!own || this.#mayComeLate(own, newest)) return undefined;
    if (newest && newest.version > own.version) {
      const lateMs = read.startedAt - (newest.ackedAt ?? 0);
      return `version ${own.version}, ${lateMs.toFixed(0)} ms after version ${newest.version}${newest.removes ? " (a removal)" : ""} was acknowledged (allowed: ${this.#allowance(read, newest.ackedAt ?? 0).toFixed(0)} ms)`;
    }
    this.#noteLag(read, writes, own);
    return this.#judgeWipe(read, own) ?? this.#judgeTtl(read, own);
  }

  #judgeWipe(read: Read, own: Write): string | undefined {
    const wiped = this.#timeline
      .losses(own.ackedAt ?? 0, read.startedAt)
      .find((loss) => loss.everything && (own.ackedAt ?? 0) < loss.from && this.#isWipeKnown(read, loss.to));
    return wiped && `version ${own.version}, ${(read.startedAt - wiped.to).toFixed(0)} ms after all data was lost`;
  }

  #isWipeKnown(read: Read, at: number): boolean {
    return this.#isWipeTold ? this.#isOld(read, at) : read.startedAt - at > HALF_OPEN_MS;
  }

  #judgeTtl(read: Read, own: Write): string | undefined {
    if (own.ttlMs === null || own.ackedAt === null || this.#wasRenewed(own)) return undefined;
    const overMs = read.startedAt - own.ackedAt - own.ttlMs;
    const allowed = TTL_SLACK_MS + this.#lag(read, own.ackedAt + own.ttlMs);
    return overMs > allowed
      ? `version ${own.version} outlived its ${own.ttlMs} ms by ${overMs.toFixed(0)} ms`
      : undefined;
  }

  /** Nothing was there: is that possible? */
  #judgeAbsence(read: Read, newest: Write, writes: readonly Write[]): string | undefined {
    const { startedAt, ttlMs, removes } = newest;
    if (removes || this.#timeline.losses(startedAt, read.endedAt).length > 0) return undefined;
    if (ttlMs !== null && read.endedAt >= startedAt + ttlMs) return undefined;
    // Later, or without an answer and perhaps late: a removal, or a write whose TTL may be over.
    const mayRemove = (write: Write) =>
      (write.removes || write.ttlMs !== null) &&
      write.startedAt < read.endedAt &&
      (write.version > newest.version || !this.#isCertain(write));
    // A process that was killed took its last records along: it may have removed the key.
    const wasKilled = this.#timeline.wasAbsent(newest.who, startedAt, read.endedAt + UNTOLD_MS);
    if (wasKilled || writes.some(mayRemove)) return undefined;
    return `nothing, although version ${newest.version} was acknowledged ${(read.startedAt - (newest.ackedAt ?? 0)).toFixed(0)} ms before (${tell(writes, read.startedAt)})`;
  }

  #judgeOrder(read: Read): string | undefined {
    if (read.version === null) return undefined;
    const name = `${read.who}#${read.life}|${read.store}|${read.key}`;
    const last = this.#lastRead.get(name);
    if (last && last.endedAt > read.startedAt) return undefined;
    this.#lastRead.set(name, read);
    if (!last || last.version === null || read.version >= last.version) return undefined;
    if (this.#timeline.losses(last.startedAt - LATE_WRITE_MS, read.endedAt).length > 0) return undefined;
    const writes = this.#writes.get(`${read.store}|${read.key}`) ?? [];
    const certain = [read.version, last.version].every((version) => {
      const write = writes.find((one) => one.version === version);
      return write !== undefined && this.#isCertain(write);
    });
    return certain ? `version ${read.version} after version ${last.version}` : undefined;
  }

  /** An answer came, and no loss of data can have undone it. */
  #isCertain(write: Write): boolean {
    return write.ackedAt !== null && this.#timeline.losses(write.startedAt, write.ackedAt).length === 0;
  }

  /** A write without an answer may have landed after the one that followed it. */
  #mayComeLate(write: Write, newer: Write | undefined): boolean {
    if (write.ackedAt !== null) return !this.#isCertain(write);
    return newer === undefined || newer.startedAt < write.startedAt + LATE_WRITE_MS;
  }

  /** Acknowledged so long before the read began that the reader must know. */
  #isKnownTo(write: Write, read: Read): boolean {
    return write.ackedAt !== null && this.#isOld(read, write.ackedAt) && this.#isCertain(write);
  }

  #isOld(read: Read, since: number): boolean {
    return read.startedAt - since > this.#allowance(read, since);
  }

  #allowance(read: Read, since: number): number {
    if (this.#timeline.wasUnhealthy(read.who, since, read.startedAt)) return HALF_OPEN_MS;
    return Math.min(HALF_OPEN_MS, HEALTHY_MS + this.#lag(read, since));
  }

  /** Time in which the reader, or the network, did not run: news cannot pass then. */
  #lag(read: Read, since: number): number {
    const gaps = [read.who, CONDUCTOR].map((who) => this.#timeline.gapMs(who, since, read.startedAt));
    return gaps.reduce((sum, ms) => sum + ms, 0);
  }

  #wasRenewed(write: Write): boolean {
    return (this.#renewed.get(`${write.store}|${write.key}`) ?? []).some((at) => at >= write.startedAt);
  }

  /** How late the news of the next version was, where it was late and within what is allowed. */
  #noteLag(read: Read, writes: readonly Write[], own: Write): void {
    const next = writes.find(
      (write) => write.version > own.version && write.ackedAt !== null && this.#isCertain(write),
    );
    if (!next?.ackedAt || next.ackedAt >= read.startedAt) return;
    if (!this.#timeline.wasUnhealthy(read.who, next.ackedAt, read.startedAt))
      this.worstLagMs = Math.max(this.worstLagMs, read.startedAt - next.ackedAt);
  }
}

/** The last writes of a key, for a message that can be followed up. */
function tell(writes: readonly Write[], at: number): string {
  return writes
    .filter((write) => write.startedAt < at)
    .slice(-4)
    .map(({ version, removes, ttlMs, startedAt, ackedAt }) => {
      const what = removes ? "removal" : ttlMs === null ? "for ever" : `for ${ttlMs} ms`;
      const times = `${(startedAt - at).toFixed(0)}…${ackedAt === null ? "?" : (ackedAt - at).toFixed(0)}`;
      return `${version} ${what} ${times}`;
    })
    .join("; ");
}
