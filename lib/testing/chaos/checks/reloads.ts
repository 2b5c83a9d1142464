// Invariant 4: every published generation is applied, or superseded by a newer one, on every live instance; who acknowledged
// has applied; generations rise whatever happens to the data.

import type { ChaosEvent } from "../events.ts";

type Applied = Extract<ChaosEvent, { kind: "applied" }>;

/** A publication that Redis acknowledged. */
export interface PublishedReload {
  readonly cache: string;
  /** Of the source of truth, when it was published. */
  readonly version: number;
  /** Which instance, or peer, published it. */
  readonly by: string;
  /** null: a foreign peer's, whose signals carry none. */
  readonly generation: number | null;
  readonly startedAt: number;
  readonly at: number;
  /** Which places said they had applied it when the publication ended. */
  readonly acked: readonly { readonly who: string; readonly life: number }[];
}

export class ReloadCheck {
  readonly #expected = new Map<string, PublishedReload>();
  readonly #highest = new Map<string, number>();
  published = 0;

  /** The publication of each cache whose version every live instance must come to serve. */
  get expected(): ReadonlyMap<string, PublishedReload> {
    return this.#expected;
  }

  /** @param mayBeLost a failover may have undone it: nobody need ever hear of it */
  note(published: PublishedReload, mayBeLost: boolean): void {
    this.published++;
    if (mayBeLost) return;
    const known = this.#expected.get(published.cache);
    if (known === undefined || known.version < published.version) this.#expected.set(published.cache, published);
  }

  /** @param isAlive whether this process still runs: one that was killed took its last records along */
  check(
    events: readonly ChaosEvent[],
    published: readonly PublishedReload[],
    isAlive: (who: string, life: number) => boolean,
  ): string[] {
    const applied = events.filter((event): event is Applied => event.kind === "applied");
    const told = published.map((one) => ({ ...one, acked: one.acked.filter(({ who, life }) => isAlive(who, life)) }));
    return [...this.#checkGenerations(published), ...checkAcknowledgements(applied, told), ...checkOrder(applied)];
  }

  *#checkGenerations(published: readonly PublishedReload[]): Generator<string> {
    for (const { cache, generation, startedAt } of published) {
      if (generation === null) continue;
      const before = published.filter((other) => other.cache === cache && other.at < startedAt);
      const highest = Math.max(this.#highest.get(cache) ?? 0, ...before.map((other) => other.generation ?? 0));
      if (generation <= highest) yield `${cache} got generation ${generation} after ${highest}`;
    }
    for (const { cache, generation } of published)
      this.#highest.set(cache, Math.max(this.#highest.get(cache) ?? 0, generation ?? 0));
  }
}

function* checkAcknowledgements(applied: readonly Applied[], published: readonly PublishedReload[]): Generator<string> {
  for (const { cache, version, generation, acked } of published) {
    for (const { who, life } of acked) {
      const own = applied.filter((event) => event.who === who && event.life === life && event.cache === cache);
      if (!own.some((event) => event.version >= version && event.generation >= (generation ?? 0)))
        yield `${who}#${life} acknowledged generation ${generation} of ${cache} without having loaded version ${version}`;
    }
  }
}

/** What is in use never goes back to what was read from the source of truth before. */
function* checkOrder(applied: readonly Applied[]): Generator<string> {
  const serving = new Map<string, number>();
  for (const { who, life, cache, version } of applied) {
    const name = `${who}#${life} ${cache}`;
    const before = serving.get(name) ?? 0;
    if (version < before) yield `${name} replaced version ${before} by version ${version}`;
    serving.set(name, version);
  }
}
