// Invariant 2: no action starts after its owner was told that the lease is lost, and it is told once for each lost lease.

import type { ChaosEvent } from "../events.ts";

type Lease = { acquired: boolean; released: boolean; toldAt: number[]; name: string };

export class LossCheck {
  /** Leases that were still held when the last round ended. */
  readonly #leases = new Map<string, Lease>();

  /** @param isAlive whether this process still runs: one that was killed is told nothing any more */
  check(events: readonly ChaosEvent[], isAlive: (who: string, life: number) => boolean): string[] {
    const violations: string[] = [];
    for (const event of events) if ("lock" in event) this.#note(event, violations);
    for (const event of events) {
      if (event.kind !== "action" || event.isBlind) continue;
      const toldAt = this.#leases.get(keyOf(event))?.toldAt[0];
      if (toldAt !== undefined && event.startedAt > toldAt)
        violations.push(
          `${nameOf(event)} began an action ${(event.startedAt - toldAt).toFixed(1)} ms after it was told that its lease is lost`,
        );
    }
    for (const [key, lease] of this.#leases) {
      const [who = "", life] = key.split("|");
      if (lease.toldAt.length > 1) violations.push(`${lease.name} was told ${lease.toldAt.length} times of one loss`);
      if (lease.released && lease.toldAt.length > 0)
        violations.push(`${lease.name} released its lease, and was told it lost it`);
      if (!lease.released && lease.toldAt.length === 0 && isAlive(who, Number(life)))
        violations.push(`${lease.name} neither released its lease nor was told that it is lost`);
    }
    this.#leases.clear();
    return violations;
  }

  #note(event: Extract<ChaosEvent, { lock: string }>, violations: string[]): void {
    const lease = this.#leases.get(keyOf(event)) ?? {
      acquired: false,
      released: false,
      toldAt: [],
      name: nameOf(event),
    };
    if (event.kind === "acquired") lease.acquired = true;
    else if (event.kind === "released") lease.released = true;
    else if (event.kind === "loss-callback") lease.toldAt.push(event.at);
    else if (!lease.acquired && event.kind !== "action") violations.push(`${lease.name} acted without a lease`);
    this.#leases.set(keyOf(event), lease);
  }
}

const keyOf = (event: Extract<ChaosEvent, { lock: string }>) =>
  `${event.who}|${event.life}|${event.lock}|${event.fence}`;
const nameOf = (event: Extract<ChaosEvent, { lock: string }>) =>
  `${event.who}#${event.life} (fence ${event.fence} of ${event.lock})`;
