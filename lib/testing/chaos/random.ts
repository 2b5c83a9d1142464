// Chance that can be repeated: the same seed makes the same choices.

/** A source of choices. */
export interface Random {
  /** An integer in [0, below). */
  below(count: number): number;
  pick<T>(list: readonly T[]): T;
  /** True in one of `count` cases. */
  oneIn(count: number): boolean;
}

/** Mulberry32: small, fast, and good enough to choose what to do next. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const below = (count: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * count);
  };
  return {
    below,
    pick: (list) => list[below(list.length)] as (typeof list)[number],
    oneIn: (count) => below(count) === 0,
  };
}
