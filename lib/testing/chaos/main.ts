// `npm run chaos -- --minutes n [--seed s] [--topology standalone|sentinel|cluster]`: a long run, and what it found in
// words. Exits with 1 if anything was violated; the seed it names breaks the same things again.

import { parseArgs } from "node:util";
import { now } from "./clock.ts";
import type { TopologyName } from "./deployment.ts";
import { formatReport, formatRound } from "./report.ts";
import { runChaos } from "./run.ts";

const TOPOLOGIES: readonly TopologyName[] = ["standalone", "sentinel", "cluster"];

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string" },
    topology: { type: "string" },
  },
});
const minutes = Number(values.minutes);
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const topologies = TOPOLOGIES.filter((name) => values.topology === undefined || name === values.topology);
if (!(minutes > 0) || !Number.isInteger(seed) || topologies.length === 0) {
  console.error("Usage: npm run chaos -- --minutes 5 [--seed 7] [--topology standalone|sentinel|cluster]");
  process.exit(2);
}

// Servers and instances end with this process, and it must not end without ending them.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(130));

let violations = 0;
for (const [index, topology] of topologies.entries()) {
  console.log(`\n${topology}, seed ${seed}`);
  // What a topology leaves of its share goes to those after it.
  const until = now() + ((minutes - elapsedMinutes()) / (topologies.length - index)) * 60_000;
  const report = await runChaos({ topology, seed, until, onRound: (round) => console.log(formatRound(round)) });
  console.log(formatReport(report));
  violations += report.violations.length;
}
process.exit(violations > 0 ? 1 : 0);

function elapsedMinutes(): number {
  return performance.now() / 60_000;
}
