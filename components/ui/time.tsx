"use client";

import { formatRelative, formatUtc } from "@/lib/client/format";
import { useNow } from "./use-now";

/** A moment, relative to now; the absolute UTC is in its title. */
export function Time({ at, className }: { at: number; className?: string }) {
  const now = useNow();
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={formatUtc(at)}
      className={className}
      // The server's now is not the browser's.
      suppressHydrationWarning
    >
      {formatRelative(Math.min(at, at > now + 1_000 ? at : now), now)}
    </time>
  );
}
