"use client";

import { useNow } from "@/components/ui/use-now";
import { formatDuration } from "@/lib/client/format";

/** How long since, growing while one looks. */
export function Age({ since }: { since: number }) {
  return <span suppressHydrationWarning>{formatDuration(Math.max(0, useNow() - since))}</span>;
}
