// Invariant 1: accepted writes carry fences that never fall, no two holders share one, and fences rise through every loss of
// data; a write that began after somebody else had been given the lock is never accepted. And while no data is lost, nobody
// believes to hold what somebody else was given.

import type { ChaosEvent } from "../events.ts";
import type { Timeline } from "../timeline.ts";

type Acquired = Extract<ChaosEvent, { kind: "acquired" }>;
type Action = Extract<ChaosEvent, { kind: "action" }>;

export class FenceCheck {
  readonly #timeline: Timeline;
  /** Of earlier rounds, per lock. */
  readonly #highestGiven = new Map<string, number>();
  readonly #highestAccepted = new Map<string, number>();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  check(events: readonly ChaosEvent[]): string[] {
    const acquired = events.filter((event): event is Acquired => event.kind === "acquired" && !this.#isVoid(event));
    const accepted = events.filter(
      (event): event is Action => event.kind === "action" && event.accepted === true && !this.#isVoid(event),
    );
    const violations = [
      ...this.#checkGiven(acquired),
      ...this.#checkAccepted(accepted, acquired),
      ...this.#checkBelief(events, acquired),
    ];
    for (const { lock, fence } of acquired) raise(this.#highestGiven, lock, fence);
    for (const { lock, fence } of accepted) raise(this.#highestAccepted, lock, fence);
    return violations;
  }

  #isVoid(event: Acquired | Action): boolean {
    return this.#timeline.isVoid(event.node, event.kind === "acquired" ? event.at : event.endedAt);
  }

  *#checkGiven(acquired: readonly Acquired[]): Generator<string> {
    const holders = new Map<string, Acquired>();
    for (const event of acquired) {
      const { lock, fence } = event;
      const twin = holders.get(`${lock}:${fence}`);
      if (twin) yield `${nameOf(event)} and ${nameOf(twin)} share fence ${fence} of ${lock}`;
      holders.set(`${lock}:${fence}`, event);
      const before = acquired.filter((other) => other.lock === lock && other.at < event.startedAt);
      const highest = Math.max(this.#highestGiven.get(lock) ?? 0, ...before.map((other) => other.fence));
      if (fence <= highest) yield `${nameOf(event)} was given fence ${fence} of ${lock} after ${highest}`;
    }
  }

  *#checkBelief(events: readonly ChaosEvent[], acquired: readonly Acquired[]): Generator<string> {
    for (const event of events) {
      if (event.kind !== "action" || event.isBlind) continue;
      const { who, life, lock, fence, startedAt } = event;
      const own = acquired.find(
        (one) => one.who === who && one.life === life && one.lock === lock && one.fence === fence,
      );
      if (!own || this.#timeline.losses(own.startedAt, startedAt).length > 0) continue;
      const successor = findSuccessor(event, acquired);
      if (successor) yield `${nameOf(event)} believed to hold ${lock} ${describeLateness(event, successor)}`;
    }
  }

  *#checkAccepted(accepted: readonly Action[], acquired: readonly Acquired[]): Generator<string> {
    for (const event of accepted) {
      const { lock, fence, startedAt } = event;
      const before = accepted.filter((other) => other.lock === lock && other.endedAt < startedAt);
      const highest = Math.max(this.#highestAccepted.get(lock) ?? 0, ...before.map((other) => other.fence));
      if (fence < highest)
        yield `a write of ${nameOf(event)} with fence ${fence} of ${lock} was accepted after ${highest}`;
      const successor = findSuccessor(event, acquired);
      if (successor) yield `a write of ${nameOf(event)} began ${describeLateness(event, successor)}, and was accepted`;
    }
  }
}

function findSuccessor({ lock, fence, startedAt }: Action, acquired: readonly Acquired[]): Acquired | undefined {
  return acquired.find((other) => other.lock === lock && other.fence > fence && other.at < startedAt);
}

function describeLateness({ fence, startedAt }: Action, successor: Acquired): string {
  const lateMs = (startedAt - successor.at).toFixed(0);
  return `with fence ${fence}, ${lateMs} ms after ${nameOf(successor)} was given fence ${successor.fence}`;
}

const nameOf = ({ who, life }: ChaosEvent) => `${who}#${life}`;

function raise(map: Map<string, number>, lock: string, fence: number): void {
  map.set(lock, Math.max(map.get(lock) ?? 0, fence));
}
