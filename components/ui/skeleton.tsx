"use client";

import { clsx } from "clsx";
import { useEffect, useRef, useState } from "react";

const DELAY_MS = 200;
const LEAST_MS = 300;

/**
 * Whether to draw skeletons: not before 200 ms, so that quick answers do not flash; then for 300 ms at least, so that
 * slow ones do not either.
 */
export function useSkeleton(pending: boolean): boolean {
  const [shown, setShown] = useState(false);
  const since = useRef(0);
  useEffect(() => {
    if (pending === shown) return;
    const wait = pending ? DELAY_MS : Math.max(0, since.current + LEAST_MS - Date.now());
    const timer = setTimeout(() => {
      if (pending) since.current = Date.now();
      setShown(pending);
    }, wait);
    return () => clearTimeout(timer);
  }, [pending, shown]);
  return shown;
}

/** A grey line where a text will be. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={clsx("block h-3 animate-skeleton rounded-sm bg-line", className)} />;
}

const WIDTHS = ["w-2/3", "w-1/2", "w-3/5", "w-2/5", "w-3/4"] as const;

/** Rows of the real height while a list is on its way. */
export function SkeletonRows({ rows = 8 }: { rows?: number }) {
  const places = Array.from({ length: rows }, (_, place) => place);
  return (
    <div>
      <p className="sr-only">Loading</p>
      {places.map((place) => (
        <div key={place} className="flex h-8 items-center gap-4 border-b border-line px-4">
          <Skeleton className={WIDTHS[place % WIDTHS.length] ?? WIDTHS[0]} />
          <Skeleton className="ml-auto w-12" />
        </div>
      ))}
    </div>
  );
}
