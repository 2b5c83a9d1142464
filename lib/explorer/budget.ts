// What one request may cost: a search that finds little stops here, says how far it got, and can be continued.

export interface BudgetLimits {
  readonly ms: number;
  readonly roundTrips: number;
}

export class Budget {
  readonly #limits: BudgetLimits;
  readonly #startedAt = performance.now();
  #roundTrips = 0;

  constructor(limits: BudgetLimits) {
    this.#limits = limits;
  }

  /** Counts one round trip to Redis. */
  spend(): void {
    this.#roundTrips++;
  }

  get isSpent(): boolean {
    return this.#roundTrips >= this.#limits.roundTrips || performance.now() - this.#startedAt >= this.#limits.ms;
  }
}
