// A run in words.

import type { ChaosReport, RoundReport } from "./run.ts";

/** One defect shows a hundred times; its first signs are enough. */
const SHOWN = 25;
/** What took longer to be well is told. */
const SLOW_MS = 3_000;

/** One line for a round, and one more for each violation. */
export function formatRound({ number, faults, healedMs, wellLast, violations }: RoundReport): string {
  const mark = violations.length === 0 ? "ok" : `${violations.length} VIOLATED`;
  const line = `  ${String(number).padStart(3)}  ${mark.padEnd(12)} well after ${(healedMs / 1_000).toFixed(1).padStart(4)} s  ${faults}`;
  const shown = violations.slice(0, SHOWN).map((violation) => `         ${violation}`);
  const rest = violations.length > SHOWN ? [`         … and ${violations.length - SHOWN} more`] : [];
  const slow =
    healedMs > SLOW_MS && violations.length === 0 ? wellLast.map((problem) => `         last: ${problem}`) : [];
  return [line, ...slow, ...shown, ...rest].join("\n");
}

/** What was done, and how late things were at worst. */
export function formatReport({ topology, seed, rounds, violations, figures }: ChaosReport): string {
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  const lines = Object.entries(figures).map(
    ([name, value]) => `  ${name.padEnd(width)}  ${Math.round(value).toLocaleString("en")}`,
  );
  const verdict = violations.length === 0 ? "no invariant was violated" : `${violations.length} VIOLATIONS`;
  const again = `npm run chaos -- --topology ${topology} --seed ${seed}`;
  return ["", `${topology}: ${rounds.length} rounds, ${verdict} (again: ${again})`, ...lines].join("\n");
}
