// What every bench hands back, its table on the screen and its raw figures in bench/results/.

import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";

/** One question and its answer. */
export interface Report {
  readonly name: string;
  readonly question: string;
  /** One line per thing measured; the columns are the keys of the first. */
  readonly rows: readonly Record<string, string | number>[];
  /** What must hold, and whether it did. */
  readonly bars: readonly { readonly bar: string; readonly measured: string; readonly held: boolean }[];
  /** Versions and circumstances that the figures depend on. */
  readonly context?: Record<string, string | number>;
}

const RESULTS = new URL("./results/", import.meta.url);

export function publish(report: Report): void {
  console.log(`\n${report.name}: ${report.question}`);
  console.table(report.rows);
  for (const { bar, measured, held } of report.bars) console.log(`${held ? "held  " : "MISSED"} ${bar}: ${measured}`);
  const context = {
    at: new Date().toISOString(),
    node: process.version,
    cpu: cpus()[0]?.model ?? "",
    ...report.context,
  };
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(new URL(`${report.name}.json`, RESULTS), `${JSON.stringify({ ...report, context }, null, 2)}\n`);
}

/** The p-th percentile (0 to 1) of samples, in their unit. */
export function percentile(samples: readonly number[], p: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
}

/** Milliseconds as whole microseconds, the way tables show them. */
export function microseconds(ms: number): number {
  return Math.round(ms * 1_000);
}
