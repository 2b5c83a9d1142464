"use client";

import { type ReactNode, useEffect, useState } from "react";
import { Button } from "@/components/ui/button";

/** A walk goes on by itself until so many are found; then the operator says. */
const ENOUGH = 100;

interface Walked {
  readonly hasNextPage: boolean;
  readonly isFetching: boolean;
  readonly error: Error | null;
  readonly fetchNextPage: () => unknown;
}

export interface Walk {
  /** It is on its way. */
  readonly walks: boolean;
  /** There is more to look at. */
  readonly hasMore: boolean;
  readonly stop: () => void;
  readonly goOn: () => void;
}

/** Reads on, page by page, what is found in steps: until there is enough, or the operator stops it. */
export function useWalk({ hasNextPage, isFetching, error, fetchNextPage }: Walked, found: number): Walk {
  const [goal, setGoal] = useState(ENOUGH);
  const [stopped, setStopped] = useState(false);
  const walks = hasNextPage && !stopped && found < goal && !error;
  useEffect(() => {
    if (walks && !isFetching) void fetchNextPage();
  }, [walks, isFetching, fetchNextPage]);
  return {
    walks,
    hasMore: hasNextPage,
    stop: () => setStopped(true),
    goOn: () => {
      setStopped(false);
      setGoal(found + ENOUGH);
    },
  };
}

/** How far a walk is, and the way to stop it or to send it on. */
export function WalkStatus({ walk: { walks, hasMore, stop, goOn }, children }: { walk: Walk; children: ReactNode }) {
  return (
    <p
      role="status"
      className="flex min-h-9 flex-wrap items-center gap-2 border-b border-line px-4 py-1 text-label text-muted"
    >
      <span className="min-w-0 flex-1">{children}</span>
      {walks ? (
        <Button size="sm" onClick={stop}>
          Stop
        </Button>
      ) : hasMore ? (
        <Button size="sm" onClick={goOn}>
          Keep looking
        </Button>
      ) : null}
    </p>
  );
}
