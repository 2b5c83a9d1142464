// One run: rounds of work, breaking, mending, waiting until all is well, and judging what was seen. See README.md.

import { setTimeout as pause } from "node:timers/promises";
import { now } from "./clock.ts";
import { findInconsistencies } from "./consistency.ts";
import type { TopologyName } from "./deployment.ts";
import { exchange } from "./exchange.ts";
import { FAULTS, leave } from "./faults.ts";
import { Judge } from "./judge.ts";
import { LeakCheck } from "./leaks.ts";
import { createRandom } from "./random.ts";
import { createReloadDriver } from "./reload-driver.ts";
import { describeRound, type PlannedFault, type Round, scheduleOf } from "./schedule.ts";
import { PLACES, World } from "./world.ts";

/** After a fault is mended, everything is well again within so long. */
const HEAL_MS = 10_000;
/** What is just being closed may still be open for so long. */
const CLOSE_MS = 3_000;
/** What was told last is on its way for so long. */
const SETTLE_MS = 300;
/** How long the first round watches a cluster in which nothing is broken. */
const HEALTHY_MS = 1_500;

export interface ChaosOptions {
  readonly topology: TopologyName;
  readonly seed: number;
  /** Rounds in which something breaks. @default until `until` */
  readonly rounds?: number;
  /** No round begins after this, on clock.ts. */
  readonly until?: number;
  /** Told of each round as it ends. */
  readonly onRound?: (round: RoundReport) => void;
}

export interface RoundReport {
  readonly number: number;
  readonly faults: string;
  /** ms from the last mending until all was well. */
  readonly healedMs: number;
  /** What was not well last, one for each instance; empty if everything was at once. */
  readonly wellLast: readonly string[];
  readonly violations: readonly string[];
}

export interface ChaosReport {
  readonly topology: TopologyName;
  readonly seed: number;
  readonly rounds: readonly RoundReport[];
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/** Breaks things as `seed` says, and reports. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const world = await World.start(options.topology, options.seed);
  try {
    return await new Run(options, world).play();
  } finally {
    await world.stop();
  }
}

class Run {
  readonly #options: ChaosOptions;
  readonly #world: World;
  readonly #judge: Judge;
  readonly #leaks = new LeakCheck();
  readonly #driver: ReturnType<typeof createReloadDriver>;
  readonly #rounds: RoundReport[] = [];
  readonly #injected = new Map<string, number>();

  constructor(options: ChaosOptions, world: World) {
    this.#options = options;
    this.#world = world;
    this.#judge = new Judge(world);
    this.#driver = createReloadDriver(world, createRandom(options.seed));
  }

  async play(): Promise<ChaosReport> {
    // The first round breaks nothing: it shows that a healthy cluster violates nothing, and what it holds.
    await this.#playRound([]);
    for (const round of this.#schedule()) await this.#playRound(round);
    await Promise.all(PLACES.map((who) => leave(this.#world, who)));
    const left = this.#judge.judge();
    if (left.length > 0) this.#close({ faults: "everybody leaves", healedMs: 0, wellLast: [], violations: left });
    return this.#report();
  }

  *#schedule(): Generator<Round> {
    const { topology, seed, rounds = Number.POSITIVE_INFINITY, until = Number.POSITIVE_INFINITY } = this.#options;
    for (let played = 0, pass = 0; ; pass++) {
      for (const round of scheduleOf(topology, seed + pass)) {
        if (played++ >= rounds || now() > until) return;
        yield round;
      }
    }
  }

  async #playRound(round: Round): Promise<void> {
    await this.#work(round.length > 0);
    const stopExchanging = this.#exchangeMeanwhile();
    await Promise.all(round.map((fault) => this.#breakAndMend(fault)));
    if (round.length === 0) await pause(HEALTHY_MS);
    const mendedAt = now();
    // Loaders are what is waited for now: they do not fail any more.
    await this.#work(false);
    const violations = await stopExchanging();
    const wellLast = await this.#waitUntilWell(mendedAt);
    const healedMs = now() - mendedAt;
    if (healedMs > HEAL_MS)
      violations.push(...wellLast.map((problem) => `not well after ${HEAL_MS / 1_000} s: ${problem}`));
    await this.#rest();
    violations.push(...this.#judge.judge(), ...(await this.#findLeaks()));
    await this.#judge.tidy();
    this.#close({ faults: describeRound(round), healedMs, wellLast, violations });
  }

  async #work(flaky: boolean): Promise<void> {
    // One that is killed in this moment has a successor, which is told the next time.
    await Promise.allSettled(this.#world.present.map((instance) => instance.ask("work", { flaky })));
    this.#world.peers.work();
    this.#driver.work();
  }

  async #rest(): Promise<void> {
    await this.#driver.rest();
    await this.#world.peers.rest();
    await Promise.all(this.#world.present.map((instance) => instance.ask("rest", null)));
    await pause(SETTLE_MS);
    this.#noteReloads();
  }

  async #breakAndMend({ name, startsAfterMs, lastsMs, ...choice }: PlannedFault): Promise<void> {
    const fault = FAULTS[name];
    if (!fault) throw new Error(`no such fault: ${name}`);
    await pause(startsAfterMs);
    const mend = await fault.inject(this.#world, choice);
    await pause(lastsMs);
    await mend();
    this.#injected.set(name, (this.#injected.get(name) ?? 0) + 1);
  }

  /** Exchanges with the peers go on while things break: being cut off is no wrong, a wrong answer is. */
  #exchangeMeanwhile(): () => Promise<string[]> {
    const { timeline } = this.#world;
    const random = createRandom(this.#options.seed + this.#rounds.length);
    const wrong: string[] = [];
    let isOver = false;
    const going = (async () => {
      while (!isOver) {
        const instance = random.pick(this.#world.present);
        const startedAt = now();
        const result = instance && (await exchange(this.#world, instance));
        // Data that was lost under it, or news that came late to it, explain a wrong answer.
        const isExplained =
          timeline.losses(startedAt, now()).length > 0 || timeline.wasUnhealthy(instance?.who ?? "", startedAt, now());
        if (result?.outcome === "wrong" && !isExplained) wrong.push(result.what);
        await pause(random.below(300));
      }
    })();
    return async () => {
      isOver = true;
      await going;
      return wrong;
    };
  }

  /** @returns what was not well when it last was not */
  async #waitUntilWell(since: number): Promise<string[]> {
    this.#noteReloads();
    let last: string[] = [];
    for (;;) {
      const problems = await findInconsistencies(this.#world, this.#judge.expected);
      if (problems.length === 0) return last;
      last = problems;
      if (now() - since > HEAL_MS) return last;
      await pause(50);
    }
  }

  #noteReloads(): void {
    this.#judge.note(this.#driver.take(), this.#driver.mayBeLost);
  }

  async #findLeaks(): Promise<string[]> {
    const deadline = now() + CLOSE_MS;
    for (;;) {
      const leaks = await this.#leaks.check(this.#world).catch((error: Error) => [`cannot look: ${error.message}`]);
      if (leaks.length === 0 || now() > deadline) return leaks;
      await pause(100);
    }
  }

  #close(round: Omit<RoundReport, "number">): void {
    const report = { ...round, number: this.#rounds.length, violations: [...new Set(round.violations)] };
    this.#rounds.push(report);
    this.#options.onRound?.(report);
  }

  #report(): ChaosReport {
    const { topology, seed } = this.#options;
    const faults = [...this.#injected].map(([name, count]) => [`fault: ${name}`, count] as const);
    return {
      ...{ topology, seed },
      rounds: this.#rounds,
      violations: this.#rounds.flatMap(({ violations }) => violations),
      figures: {
        ...Object.fromEntries(faults),
        ...(this.#world.unasked > 0 && { "failovers that nobody asked for": this.#world.unasked }),
        ...this.#judge.figures,
        "worst healing, ms": Math.max(...this.#rounds.map(({ healedMs }) => healedMs)),
      },
    };
  }
}
