"use client";

import { Meter, ShareBar } from "@/components/ui/meter";
import { Ttl } from "@/components/ui/ttl";
import { useHydrated } from "@/components/ui/use-hydrated";
import { useNow } from "@/components/ui/use-now";
import type { SessionRow } from "@/lib/contracts/sessions";

/** How long a session still lives, as a figure and as the part of its lifetime that is left. */
export function TimeLeft({ session, asOf }: { session: SessionRow; asOf: number }) {
  const { ttlMs, lifetimeMs } = session;
  return (
    <span className="flex items-center gap-2">
      {ttlMs >= 0 && lifetimeMs !== null ? <Left ttlMs={ttlMs} asOf={asOf} lifetimeMs={lifetimeMs} /> : null}
      <Ttl ttlMs={ttlMs} asOf={asOf} />
    </span>
  );
}

/** Below this share it is about to end. */
const SHORT = 0.1;

function Left({ ttlMs, asOf, lifetimeMs }: { ttlMs: number; asOf: number; lifetimeMs: number }) {
  const now = useNow();
  // Both first draw what was answered.
  const counts = useHydrated();
  const share = Math.max(0, (counts ? asOf + ttlMs - now : ttlMs) / lifetimeMs);
  return (
    <span className="w-14 shrink-0 @max-xl:hidden">
      {share < SHORT ? <Meter share={share} tone="warn" className="h-1" /> : <ShareBar share={share} />}
    </span>
  );
}
