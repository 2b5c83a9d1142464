"use client";

import { Meter, ShareBar } from "@/components/ui/meter";
import { Ttl } from "@/components/ui/ttl";
import { useHydrated } from "@/components/ui/use-hydrated";
import { useNow } from "@/components/ui/use-now";
import { EXPIRES_SOON_MS } from "@/lib/client/locks";
import type { LockRow } from "@/lib/contracts/locks";

/** How long a lock is still held if nobody extends it: as a bar that runs down, and as a figure. */
export function LockTimeLeft({ lock, asOf }: { lock: Pick<LockRow, "ttlMs" | "leaseMs" | "held">; asOf: number }) {
  if (!lock.held) return <span className="text-muted">free</span>;
  return (
    <span className="flex items-center gap-2">
      {lock.ttlMs >= 0 && lock.leaseMs !== null ? <Bar ttlMs={lock.ttlMs} leaseMs={lock.leaseMs} asOf={asOf} /> : null}
      <span className="w-18">
        <Ttl ttlMs={lock.ttlMs} asOf={asOf} />
      </span>
    </span>
  );
}

/** Four steps a second: short locks should run down, not jump. */
const STEP_MS = 250;

function Bar({ ttlMs, leaseMs, asOf }: { ttlMs: number; leaseMs: number; asOf: number }) {
  const now = useNow(STEP_MS);
  // Both first draw what was answered.
  const counts = useHydrated();
  const leftMs = counts ? asOf + ttlMs - now : ttlMs;
  const share = Math.max(0, Math.min(1, leftMs / leaseMs));
  const isShort = leftMs < EXPIRES_SOON_MS && share < 0.5;
  return (
    <span className="w-20 shrink-0 in-[td]:@max-2xl:hidden">
      {isShort ? <Meter share={share} tone="warn" className="h-1" /> : <ShareBar share={share} />}
    </span>
  );
}
