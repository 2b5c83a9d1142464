// What is known about the circumstances of a moment: who could not run, who was cut off, when data was lost. The checks ask
// it how much delay they must forgive.

import { now } from "./clock.ts";
import type { ChaosEvent } from "./events.ts";

interface Interval {
  readonly from: number;
  to: number;
}

/** A link that works again still has to say what was missed. */
const SETTLE_MS = 1_000;

export type DataLoss = Interval & { readonly everything: boolean };

/** Circumstances over a whole run. */
export class Timeline {
  readonly #gaps = new Map<string, Interval[]>();
  readonly #unhealthy = new Map<string, Interval[]>();
  readonly #absent = new Map<string, Interval[]>();
  readonly #losses: DataLoss[] = [];
  readonly #deposed = new Map<number, number>();

  /** Takes the gaps out of a round's events. */
  learn(events: readonly ChaosEvent[]): void {
    for (const event of events) if (event.kind === "gap") push(this.#gaps, event.who, event);
  }

  /** From now until the returned function is called this instance, or everybody, may be cut off or answered late. */
  unhealthy(who: string): () => void {
    const interval = { from: now(), to: Number.POSITIVE_INFINITY };
    push(this.#unhealthy, who, interval);
    return () => {
      interval.to = now() + SETTLE_MS;
    };
  }

  /** From now until the returned function is called this process is killed or stopped. */
  absent(who: string): () => void {
    const interval = { from: now(), to: Number.POSITIVE_INFINITY };
    push(this.#absent, who, interval);
    return () => {
      interval.to = now() + SETTLE_MS;
    };
  }

  wasAbsent(who: string, from: number, to: number): boolean {
    return overlaps(this.#absent.get(who), from, to);
  }

  /** What was written and acknowledged from `from` to now may be gone; `everything`: whatever was there before is. */
  lost(from: number, everything: boolean): void {
    this.#losses.push({ from, to: now(), everything });
  }

  /** Another node was promoted: what this one accepts from now on is thrown away, until it is promoted again. */
  deposed(node: number, promoted: number): void {
    this.#deposed.set(node, now());
    this.#deposed.delete(promoted);
  }

  /** Forgets what ended before `time`. */
  forget(time: number): void {
    for (const kind of [this.#gaps, this.#unhealthy, this.#absent])
      for (const intervals of kind.values()) drop(intervals, time);
    drop(this.#losses, time);
  }

  /** ms between `from` and `to` in which this process did not run. */
  gapMs(who: string, from: number, to: number): number {
    const parts = (this.#gaps.get(who) ?? []).map((gap) => Math.min(gap.to, to) - Math.max(gap.from, from));
    return parts.reduce((sum, part) => sum + Math.max(0, part), 0);
  }

  /** Whether this instance may have been cut off, or Redis away, at some time between. */
  wasUnhealthy(who: string, from: number, to: number): boolean {
    return overlaps(this.#unhealthy.get(who), from, to) || overlaps(this.#unhealthy.get(EVERYBODY), from, to);
  }

  /** Losses of data that overlap the time between. */
  losses(from: number, to: number): readonly DataLoss[] {
    return this.#losses.filter((loss) => loss.from <= to && loss.to >= from);
  }

  /** Whether what this node accepted then was thrown away, because another one had been promoted. */
  isVoid(node: number, at: number): boolean {
    const deposedAt = this.#deposed.get(node);
    return deposedAt !== undefined && at >= deposedAt;
  }
}

/** The name under which what concerns all instances is kept. */
export const EVERYBODY = "*";
/** The name of the process that holds the network in its hands: while it does not run, nothing passes. */
export const CONDUCTOR = "conductor";

function overlaps(intervals: readonly Interval[] | undefined, from: number, to: number): boolean {
  return intervals?.some((interval) => interval.from <= to && interval.to >= from) ?? false;
}

function push(map: Map<string, Interval[]>, who: string, interval: Interval): void {
  const list = map.get(who);
  if (list) list.push(interval);
  else map.set(who, [interval]);
}

function drop(intervals: Interval[], time: number): void {
  const kept = intervals.filter(({ to }) => to >= time);
  intervals.splice(0, intervals.length, ...kept);
}
