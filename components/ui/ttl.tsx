"use client";

import { formatTtl, formatUtc } from "@/lib/client/format";
import { Unknown } from "./bytes";
import { useNow } from "./use-now";

/** A TTL that counts down from when it was read. -1 is no expiry, null unknown. */
export function Ttl({ ttlMs, asOf, because }: { ttlMs: number | null; asOf: number; because?: string | undefined }) {
  if (ttlMs === null) return <Unknown because={because} />;
  if (ttlMs === -1)
    return (
      <span className="text-muted" title="Never expires">
        <span aria-hidden>∞ </span>none
      </span>
    );
  return <Countdown until={asOf + ttlMs} />;
}

function Countdown({ until }: { until: number }) {
  const left = until - useNow();
  return (
    <time dateTime={new Date(until).toISOString()} title={`Expires ${formatUtc(until)}`} suppressHydrationWarning>
      {left <= 0 ? "expired" : formatTtl(left)}
    </time>
  );
}
