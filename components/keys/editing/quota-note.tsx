"use client";

import { useQuery } from "@tanstack/react-query";
import { formatBytes } from "@/lib/client/format";
import { overviewQuery } from "@/lib/client/overview";

/** How full the user cache is, and whether a write from here may make others go. */
export function QuotaNote() {
  const { data } = useQuery(overviewQuery);
  if (!data) return null;
  const { totalBytes, limitBytes } = data.quota;
  if (limitBytes === 0) return null;
  return (
    <p className="text-label text-muted">
      {limitBytes === null
        ? "The cluster's cache limit is not known to this console (set REDIS_USER_CACHE_LIMIT_MB), so it evicts nothing; the instances may, at their next write."
        : `The user cache holds ${formatBytes(totalBytes)} of ${formatBytes(limitBytes)}. Nothing is evicted without asking.`}
    </p>
  );
}
