// One run: rounds of work, breaking, mending, waiting until all is well, and judging what was seen. See README.md.

import { setTimeout as pause } from "node:timers/promises";
import { FenceCheck } from "./checks/fences.ts";
import { FreshnessCheck } from "./checks/freshness.ts";
import { LossCheck } from "./checks/losses.ts";
import { ReloadCheck } from "./checks/reloads.ts";
import { now } from "./clock.ts";
import { findInconsistencies } from "./consistency.ts";
import type { TopologyName } from "./deployment.ts";
import type { ChaosEvent } from "./events.ts";
import { exchange } from "./exchange.ts";
import { FAULTS, leave } from "./faults.ts";
import { LeakCheck } from "./leaks.ts";
import { createRandom } from "./random.ts";
import { createReloadDriver } from "./reload-driver.ts";
import { describeRound, type PlannedFault, type Round, scheduleOf } from "./schedule.ts";
import { PLACES, World } from "./world.ts";

/** After a fault is mended, everything is well again within so long. */
const HEAL_MS = 10_000;
const SETTLED_MS = 300;
/** What checks may still need of the past. */
const MEMORY_MS = 30_000;

export interface ChaosOptions {
  readonly topology: TopologyName;
  readonly seed: number;
  /** Rounds to play; undefined: until `until` says so. */
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
  const run = new Run(options, await World.start(options.topology, options.seed));
  try {
    return await run.play();
  } finally {
    await run.world.stop();
  }
}

class Run {
  readonly world: World;
  readonly #options: ChaosOptions;
  readonly #fences: FenceCheck;
  readonly #freshness: FreshnessCheck;
  readonly #losses = new LossCheck();
  readonly #reloads = new ReloadCheck();
  readonly #leaks = new LeakCheck();
  readonly #driver: ReturnType<typeof createReloadDriver>;
  readonly #rounds: RoundReport[] = [];
  readonly #counts = new Map<string, number>();
  #renewed = 0;
  #troublesTold = 0;
  #misunderstoodTold = 0;
  #ttlTold = 0;
  #exchanging = Promise.resolve();
  #isExchanging = false;

  constructor(options: ChaosOptions, world: World) {
    this.#options = options;
    this.world = world;
    this.#fences = new FenceCheck(world.timeline);
    this.#freshness = new FreshnessCheck(world.timeline, options.topology !== "cluster");
    this.#driver = createReloadDriver(world, createRandom(options.seed));
  }

  async play(): Promise<ChaosReport> {
    // The first round breaks nothing: it shows that a healthy cluster has no violations, and what it holds.
    await this.#playRound([]);
    for (const round of this.#schedule()) await this.#playRound(round);
    const left = await this.#leaveAll();
    if (left.length > 0) this.#close("everybody leaves", 0, left);
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
    const violations: string[] = [];
    this.#exchangeMeanwhile(violations);
    await Promise.all(round.map((fault) => this.#breakAndMend(fault)));
    if (round.length === 0) await pause(1_500);
    const healedAt = now();
    // Loaders are what is waited for now: they do not fail any more.
    await this.#work(false);
    this.#isExchanging = false;
    await this.#exchanging;
    violations.push(...(await this.#waitUntilWell()));
    const healedMs = now() - healedAt;
    await this.#rest();
    violations.push(...(await this.#judge()));
    await this.#tidy();
    this.#close(describeRound(round) || "nothing", healedMs, violations);
  }

  async #work(flaky: boolean): Promise<void> {
    await Promise.all(this.world.present.map((instance) => instance.ask("work", { flaky })));
    this.world.peers.work();
    this.#driver.work();
  }

  async #rest(): Promise<void> {
    await this.#driver.rest();
    await this.world.peers.rest();
    await Promise.all(this.world.present.map((instance) => instance.ask("rest", null)));
    // What was told to us last is still on its way.
    await pause(SETTLED_MS);
  }

  async #breakAndMend({ name, startsAfterMs, lastsMs, ...choice }: PlannedFault): Promise<void> {
    const fault = FAULTS[name];
    if (!fault) throw new Error(`no such fault: ${name}`);
    await pause(startsAfterMs);
    const mend = await fault.inject(this.world, choice);
    await pause(lastsMs);
    await mend();
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** Exchanges with the peers go on while things break; being cut off is no wrong, a wrong answer is. */
  #exchangeMeanwhile(violations: string[]): void {
    this.#isExchanging = true;
    this.#exchanging = (async () => {
      const random = createRandom(this.#options.seed + this.#rounds.length);
      while (this.#isExchanging) {
        const instance = random.pick(this.world.present);
        const startedAt = now();
        const result = instance ? await exchange(this.world, instance) : undefined;
        if (result?.outcome === "wrong" && !this.#wasTroubled(instance?.who ?? "", startedAt))
          violations.push(result.what);
        await pause(random.below(300));
      }
    })();
  }

  /** Data that was lost under an exchange, or news that came late to it, explain a wrong answer. */
  #wasTroubled(who: string, since: number): boolean {
    const { timeline } = this.world;
    return timeline.losses(since, now()).length > 0 || timeline.wasUnhealthy(who, since, now());
  }

  async #waitUntilWell(): Promise<string[]> {
    this.#noteExpectations();
    const deadline = now() + HEAL_MS;
    for (;;) {
      const problems = await findInconsistencies(this.world, this.#reloads.expected);
      if (problems.length === 0) return [];
      if (now() > deadline)
        return problems.map((problem) => `not well ${HEAL_MS / 1_000} s after the last fault was mended: ${problem}`);
      await pause(50);
    }
  }

  #noteExpectations(): PublishedList {
    const published = this.#driver.take();
    for (const one of published) this.#reloads.note(one, this.#driver.mayBeLost(one));
    this.#published.push(...published);
    return published;
  }

  readonly #published: PublishedList = [];

  async #judge(): Promise<string[]> {
    const { world } = this;
    this.#noteExpectations();
    const events = world.takeEvents();
    world.timeline.learn(events);
    this.#count(events);
    const found = [
      ...this.#fences.check(events),
      ...this.#losses.check(events, world.isAlive),
      ...this.#freshness.check(events),
      ...this.#reloads.check(events, this.#published.splice(0), world.isAlive),
      ...events.flatMap((event) =>
        event.kind === "unexpected" ? [`${event.who}#${event.life} ${event.doing}: ${event.error}`] : [],
      ),
      ...this.#news(world.troubles, "troublesTold"),
      ...this.#news(world.peers.misunderstood, "misunderstoodTold").map((text) => `a peer could not read ${text}`),
      ...this.#news(world.ttls.violations, "ttlTold"),
      ...(await this.#settleLeaks()),
    ];
    world.timeline.forget(now() - MEMORY_MS);
    this.#freshness.forget(now() - MEMORY_MS);
    return found;
  }

  /** What the foreign renewer keeps alive would pile up, round by round. */
  async #tidy(): Promise<void> {
    const keys = this.world.ttls.renewed.splice(0);
    this.#renewed += keys.length;
    await this.world.present[0]?.ask("operate", { do: "cache.delete", keys }).catch(() => {});
  }

  #news(list: readonly string[], told: "troublesTold" | "misunderstoodTold" | "ttlTold"): string[] {
    const from =
      told === "troublesTold" ? this.#troublesTold : told === "ttlTold" ? this.#ttlTold : this.#misunderstoodTold;
    if (told === "troublesTold") this.#troublesTold = list.length;
    else if (told === "ttlTold") this.#ttlTold = list.length;
    else this.#misunderstoodTold = list.length;
    return list.slice(from);
  }

  /** What is just being closed may still be open. */
  async #settleLeaks(): Promise<string[]> {
    const deadline = now() + 3_000;
    for (;;) {
      const leaks = await this.#leaks
        .check(this.world)
        .catch((error: Error) => [`cannot look for leaks: ${error.message}`]);
      if (leaks.length === 0 || now() > deadline) return leaks;
      await pause(100);
    }
  }

  async #leaveAll(): Promise<string[]> {
    await Promise.all(PLACES.map((who) => leave(this.world, who)));
    return this.#news(this.world.troubles, "troublesTold");
  }

  #count(events: readonly ChaosEvent[]): void {
    for (const event of events) {
      const name = event.kind === "write" || event.kind === "read" ? `${event.store} ${event.kind}s` : `${event.kind}`;
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    }
  }

  #close(faults: string, healedMs: number, violations: readonly string[]): void {
    const round = { number: this.#rounds.length, faults, healedMs, violations: [...new Set(violations)] };
    this.#rounds.push(round);
    this.#options.onRound?.(round);
  }

  #report(): ChaosReport {
    const { topology, seed } = this.#options;
    const { ttls } = this.world;
    return {
      ...{ topology, seed },
      rounds: this.#rounds,
      violations: this.#rounds.flatMap(({ violations }) => violations),
      figures: {
        ...Object.fromEntries(this.#counts),
        "reloads published": this.#reloads.published,
        "worst healing, ms": Math.max(...this.#rounds.map(({ healedMs }) => healedMs)),
        "worst news on healthy links, ms": this.#freshness.worstLagMs,
        "TTLs watched to their end": ttls.checked,
        "TTLs overwritten by the foreign renewer": this.#renewed,
      },
    };
  }
}

type PublishedList = ReturnType<ReturnType<typeof createReloadDriver>["take"]>;
