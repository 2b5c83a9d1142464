// How long things took, in classes: four to an octave, so each is 19 % wider than the one before and a percentile is told
// within 9 %. From 1 ms to three weeks that is 124 classes, of which a queue uses some dozen; only those are kept. Two
// histograms add up exactly, which percentiles would not.

import type { Latency } from "../../../contracts/queue-history.ts";
import type { Packer, Unpacker } from "./pack.ts";

const PER_OCTAVE = 4;
const MOST = 124;

export class Histogram {
  /** Class → how often. */
  readonly #counts = new Map<number, number>();
  count = 0;

  /** @param ms 0 and less (two clocks, or the same moment) count as the shortest */
  add(ms: number): void {
    this.#put(ms < 1 ? 0 : Math.min(MOST, Math.floor(Math.log2(ms) * PER_OCTAVE) + 1), 1);
  }

  merge(other: Histogram): void {
    for (const [index, count] of other.#counts) this.#put(index, count);
  }

  /** null when nothing was measured. */
  summary(): Latency | null {
    if (this.count === 0) return null;
    return { count: this.count, p50: this.#percentile(0.5), p95: this.#percentile(0.95), p99: this.#percentile(0.99) };
  }

  pack(packer: Packer): void {
    packer.number(this.#counts.size);
    let before = 0;
    for (const [index, count] of this.#sorted()) {
      packer.number(index - before).number(count);
      before = index;
    }
  }

  static unpack(unpacker: Unpacker): Histogram {
    const histogram = new Histogram();
    let index = 0;
    for (let left = unpacker.number(); left > 0; left--) {
      index += unpacker.number();
      histogram.#put(index, unpacker.number());
    }
    return histogram;
  }

  #put(index: number, count: number): void {
    this.#counts.set(index, (this.#counts.get(index) ?? 0) + count);
    this.count += count;
  }

  #sorted(): [number, number][] {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }

  #percentile(share: number): number {
    let left = Math.ceil(this.count * share);
    for (const [index, count] of this.#sorted()) {
      left -= count;
      if (left <= 0) return middleOf(index);
    }
    return 0;
  }
}

/** The geometric middle of a class, ms. */
function middleOf(index: number): number {
  return index === 0 ? 0 : Math.round(2 ** ((index - 0.5) / PER_OCTAVE) * 10) / 10;
}
