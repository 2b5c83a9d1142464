// One holder after another, from the log of what happened to leases. The log is bounded and short leases are only noted
// in part, so it may have gaps: what it does not say stays open.

import type { LockHolding } from "../../contracts/locks.ts";
import type { LockEvent, LockReader } from "../../core/lock/reader.ts";
import type { Parties } from "./locks.ts";

type Held = NonNullable<Awaited<ReturnType<LockReader["find"]>>>;

/** @param events newest first @returns holders, newest first */
export function toHoldings(events: readonly LockEvent[], lock: Held, partyOf: Parties): LockHolding[] {
  const holdings = new Map<string, LockHolding>();
  for (const event of events.toReversed()) {
    const { id, fence, instanceId } = event;
    const key = fence === null ? id : String(fence);
    const acquiredAt = fence === null ? null : Math.floor(fence / 1_000);
    const known = holdings.get(key) ?? {
      ...{ id, party: partyOf(instanceId), fence, acquiredAt },
      ...{ endedAt: null, ended: "lapsed" as const, by: null },
    };
    holdings.set(key, { ...known, ...endOf(event, acquiredAt) });
  }
  const rows = [...holdings.values()].reverse();
  return rows.map((row) =>
    lock.held && row.fence !== null && row.fence === lock.fence ? { ...row, ended: "held" } : row,
  );
}

function endOf({ event, at, detail }: LockEvent, acquiredAt: number | null): Partial<LockHolding> {
  if (event === "forced") return { endedAt: at, ended: "forced", by: detail };
  if (event === "released") return { endedAt: at, ended: "released" };
  if (event === "passed") return { endedAt: acquiredAt === null ? at : acquiredAt + Number(detail), ended: "released" };
  return {};
}
