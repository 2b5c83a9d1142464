// What is broken, when, and for how long: chosen by fast-check from a seed, so that the same seed breaks the same things
// again. Every fault of a topology comes once before any comes twice, the gravest first: a short run has those.

import * as fc from "fast-check";
import type { TopologyName } from "./deployment.ts";
import { FAULTS, type FaultChoice, type FaultKind } from "./faults.ts";
import { PLACES } from "./world.ts";

/** One fault of a round; times in ms. */
export interface PlannedFault extends FaultChoice {
  readonly name: string;
  readonly startsAfterMs: number;
  readonly lastsMs: number;
}

/** Things that break at the same time: at most one of a kind. */
export type Round = readonly PlannedFault[];

const KINDS: readonly FaultKind[] = ["server", "instance", "network"];

/** As many rounds as it takes until each fault had its turn. */
export function scheduleArbitrary(topology: TopologyName): fc.Arbitrary<Round[]> {
  const kinds = KINDS.map((kind) => namesOf(topology, kind)).filter((names) => names.length > 0);
  const rounds = Math.max(...kinds.map((names) => names.length));
  // A shorter list goes on from its start: its faults meet those of the others in ever new pairs.
  const columns = kinds.map((names) =>
    inAnyOrder(names).chain((order) =>
      fc.tuple(...Array.from({ length: rounds }, (_, index) => planned(order[index % order.length] ?? ""))),
    ),
  );
  return fc
    .tuple(...columns)
    .map((lists) => Array.from({ length: rounds }, (_, index) => lists.map((list) => list[index] as PlannedFault)));
}

/** Faults by which clusters are known to break. */
const GRAVE =
  /^(restart|failover|flushed|server stopped|instance killed|instance stopped|link half open|answers lost|connections refused)/;

function inAnyOrder(names: readonly string[]): fc.Arbitrary<string[]> {
  const shuffled = (list: string[]) => fc.shuffledSubarray(list, { minLength: list.length });
  const grave = names.filter((name) => GRAVE.test(name));
  const others = names.filter((name) => !GRAVE.test(name));
  return fc.tuple(shuffled(grave), shuffled(others)).map(([first, then]) => [...first, ...then]);
}

function planned(name: string): fc.Arbitrary<PlannedFault> {
  return fc.record({
    name: fc.constant(name),
    who: fc.constantFrom(...PLACES),
    strength: fc.integer({ min: 0, max: 999 }),
    startsAfterMs: fc.integer({ min: 0, max: 800 }),
    lastsMs: fc.integer({ min: 300, max: 4_000 }),
  });
}

function namesOf(topology: TopologyName, kind: FaultKind): string[] {
  return Object.entries(FAULTS)
    .filter(([, fault]) => fault.kind === kind && fault.topologies.includes(topology))
    .map(([name]) => name);
}

/** The schedule of a seed. */
export function scheduleOf(topology: TopologyName, seed: number): Round[] {
  return fc.sample(scheduleArbitrary(topology), { seed, numRuns: 1 })[0] ?? [];
}

/** One round in words, for the report. */
export function describeRound(round: Round): string {
  if (round.length === 0) return "nothing breaks";
  return round
    .map(({ name, who, lastsMs }) =>
      FAULTS[name]?.kind === "server" ? `${name} (${lastsMs} ms)` : `${name} (${who}, ${lastsMs} ms)`,
    )
    .join(" + ");
}
