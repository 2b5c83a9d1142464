// Why a copy in memory may be believed. Whoever keeps copies true (see coherence.ts) extends the lease for as long as it
// knows that news of changes arrives; a copy is served only while the lease holds, and only if it was made in the
// lease's present epoch.
//
//   begin ──▶ holds ──extend…──▶ holds ──time passes, or end──▶ lost ──begin──▶ holds (next epoch)
//               └────flush────▶ (next epoch, still holds)
//
// Times are performance.now(), which a changed wall clock does not move.

import { performance } from "node:perf_hooks";

/** Whether copies may be served; one for each kind of copies. */
export class Lease {
  /** Copies made in another epoch are not served: something may have changed unnoticed in between. */
  epoch = 0;
  /** Until when copies may be served; 0 while there is no lease. Read on every hit, so a plain field. */
  until = 0;
  /** When it was last certain that all news had arrived. */
  confirmedAt = Number.NEGATIVE_INFINITY;

  get holds(): boolean {
    return performance.now() < this.until;
  }

  /** News arrives again: what was copied before is left behind. */
  begin(confirmedAt: number, until: number): void {
    this.end();
    this.extend(confirmedAt, until);
  }

  extend(confirmedAt: number, until: number): void {
    this.confirmedAt = confirmedAt;
    this.until = until;
  }

  /** News may have been missed: nothing copied so far is served any more, and nothing is copied until the next begin. */
  end(): void {
    if (this.until === 0) return;
    this.until = 0;
    this.epoch++;
  }

  /** Everything changed at once. */
  flush(): void {
    this.epoch++;
  }
}
