"use client";

import { Meter } from "@/components/ui/meter";
import { Ttl } from "@/components/ui/ttl";
import { useNow } from "@/components/ui/use-now";
import type { SessionRow } from "@/lib/contracts/sessions";

/** How long a session still lives, as a figure and as the part of its lifetime that is left. */
export function TimeLeft({ session, asOf }: { session: SessionRow; asOf: number }) {
  const { ttlMs, lifetimeMs } = session;
  return (
    <span className="flex items-center gap-2">
      {ttlMs >= 0 && lifetimeMs !== null ? <Left until={asOf + ttlMs} lifetimeMs={lifetimeMs} /> : null}
      <Ttl ttlMs={ttlMs} asOf={asOf} />
    </span>
  );
}

/** Below this share it is about to end. */
const SHORT = 0.1;

function Left({ until, lifetimeMs }: { until: number; lifetimeMs: number }) {
  const share = Math.max(0, (until - useNow()) / lifetimeMs);
  return <Meter share={share} tone={share < SHORT ? "warn" : "calm"} className="w-14 shrink-0" />;
}
