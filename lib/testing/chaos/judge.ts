// Holds what was seen in a round against the invariants, and keeps count of what was done.

import { FenceCheck } from "./checks/fences.ts";
import { FreshnessCheck } from "./checks/freshness.ts";
import { LossCheck } from "./checks/losses.ts";
import { type PublishedReload, ReloadCheck } from "./checks/reloads.ts";
import { now } from "./clock.ts";
import type { ChaosEvent } from "./events.ts";
import type { World } from "./world.ts";

/** What checks may still need of the past. */
const MEMORY_MS = 30_000;

export class Judge {
  readonly #world: World;
  readonly #fences: FenceCheck;
  readonly #freshness: FreshnessCheck;
  readonly #losses = new LossCheck();
  readonly #reloads = new ReloadCheck();
  readonly #counts = new Map<string, number>();
  readonly #published: PublishedReload[] = [];
  #overwrittenTtls = 0;

  constructor(world: World) {
    this.#world = world;
    this.#fences = new FenceCheck(world.timeline);
    // On a Cluster Redis tells nobody of a FLUSHALL.
    this.#freshness = new FreshnessCheck(world.timeline, world.deployment.topology !== "cluster");
  }

  /** The publication of each cache whose version every live instance must come to serve. */
  get expected(): ReadonlyMap<string, PublishedReload> {
    return this.#reloads.expected;
  }

  note(published: readonly PublishedReload[], mayBeLost: (one: PublishedReload) => boolean): void {
    for (const one of published) this.#reloads.note(one, mayBeLost(one));
    this.#published.push(...published);
  }

  /** @returns what a round violated; instances must be at rest, so that everything was told */
  judge(): string[] {
    const world = this.#world;
    const events = world.takeEvents();
    world.timeline.learn(events);
    this.#count(events);
    const violations = [
      ...this.#fences.check(events),
      ...this.#losses.check(events, world.isAlive),
      ...this.#freshness.check(events),
      ...this.#reloads.check(events, this.#published.splice(0), world.isAlive),
      ...events.flatMap((event) =>
        event.kind === "unexpected" ? [`${event.who}#${event.life} ${event.doing}: ${event.error}`] : [],
      ),
      ...world.troubles.splice(0),
      ...world.ttls.violations.splice(0),
      ...world.peers.misunderstood.splice(0).map((text) => `a peer could not read ${text}`),
    ];
    world.timeline.forget(now() - MEMORY_MS);
    this.#freshness.forget(now() - MEMORY_MS);
    return violations;
  }

  /** What the foreign renewer keeps alive would pile up, round by round. */
  async tidy(): Promise<void> {
    const keys = this.#world.ttls.renewed.splice(0);
    this.#overwrittenTtls += keys.length;
    await this.#world.present[0]?.ask("operate", { do: "cache.delete", keys }).catch(() => {});
  }

  get figures(): Record<string, number> {
    return {
      ...Object.fromEntries([...this.#counts].sort(([one], [other]) => one.localeCompare(other))),
      "reloads published": this.#reloads.published,
      "worst news on healthy links, ms": this.#freshness.worstLagMs,
      "TTLs watched to their end": this.#world.ttls.checked,
      "TTLs overwritten by the foreign renewer": this.#overwrittenTtls,
    };
  }

  #count(events: readonly ChaosEvent[]): void {
    for (const event of events) {
      const name = nameOf(event);
      if (name) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    }
  }
}

/** What the report calls it; nothing for what it does not count. */
function nameOf(event: ChaosEvent): string | undefined {
  switch (event.kind) {
    case "read":
      return `${event.store} reads`;
    case "write":
      return event.ackedAt === null ? `${event.store} writes without an answer` : `${event.store} writes`;
    case "acquired":
      return "leases taken";
    case "loss-callback":
      return "leases lost";
    case "action":
      return event.accepted === false ? "fenced writes refused" : "fenced writes";
    case "applied":
      return "reloads applied";
    default:
      return undefined;
  }
}
