"use client";

import type { ReactNode } from "react";
import { ApiFailure } from "@/lib/client/api";
import { useMe } from "@/lib/client/me";
import { FailureState, StaleNotice } from "./failure-state";
import { SkeletonRows, useSkeleton } from "./skeleton";

/** How a query stands, whether it reads one page or several. */
interface Asked<Data> {
  readonly data: Data | undefined;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly isFetching: boolean;
  readonly dataUpdatedAt: number;
  readonly errorUpdatedAt: number;
  readonly refetch: () => unknown;
}

/**
 * Every list and pane in the same order: loading, failure, nothing there, rows. While it cannot be read again the last
 * good rows stay and say so; while Redis is away the banner above the page has said it already.
 */
export function Loaded<Data>({
  query: { data, error, isPending, isFetching, dataUpdatedAt, errorUpdatedAt, refetch },
  what,
  rows = 8,
  absent,
  children,
}: {
  query: Asked<Data>;
  /** What failed, should it fail: "The locks could not be read". */
  what: string;
  /** How many rows to draw while it loads. */
  rows?: number;
  /** Instead of a failure when what was asked for does not exist. */
  absent?: (error: Error) => ReactNode;
  children: (data: Data) => ReactNode;
}) {
  const { link } = useMe();
  const skeleton = useSkeleton(isPending);
  if (absent && isAbsent(error)) return absent(error);
  const failure = { what, onRetry: () => void refetch(), retrying: isFetching };
  if (data === undefined) {
    if (error) return <FailureState {...failure} error={error} at={errorUpdatedAt} />;
    return skeleton ? <SkeletonRows rows={rows} /> : null;
  }
  return (
    <>
      {error && link.state === "ready" ? <StaleNotice {...failure} error={error} at={dataUpdatedAt} /> : null}
      {children(data)}
    </>
  );
}

/** Whether what was asked for does not exist, or could not: an address may be mistyped. */
export function isAbsent(error: Error | null): error is ApiFailure {
  return error instanceof ApiFailure && (error.status === 404 || error.status === 422);
}
