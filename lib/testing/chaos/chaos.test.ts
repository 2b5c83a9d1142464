// The short run that belongs to every test run: a seed by chance, printed, and again with CHAOS_SEED=<seed>. The long one is
// `npm run chaos`.

import { expect, it } from "vitest";
import type { TopologyName } from "./deployment.ts";
import { formatReport, formatRound } from "./report.ts";
import { type RoundReport, runChaos } from "./run.ts";

const SEED = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const ROUNDS: [TopologyName, number][] = [
  ["standalone", 4],
  ["sentinel", 2],
  ["cluster", 3],
];

it.each(ROUNDS)(
  "keeps every promise on %s while %i rounds of things break",
  { timeout: 150_000 },
  async (topology, rounds) => {
    const lines: string[] = [];
    const onRound = (round: RoundReport) => void lines.push(formatRound(round));
    const report = await runChaos({ topology, seed: SEED, rounds, onRound });
    console.log(`${lines.join("\n")}\n${formatReport(report)}`);
    expect(report.violations, `again: CHAOS_SEED=${SEED} npx vitest run lib/testing/chaos -t ${topology}`).toEqual([]);
  },
);
