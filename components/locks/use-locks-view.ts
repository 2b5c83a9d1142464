"use client";

import { useSearchParams } from "next/navigation";
import { type LocksView, readLocksView, writeLocksView } from "@/lib/client/locks";

/** The view lives in the URL: a link shows the same lock, and Back goes back. */
export function useLocksView(): LocksView {
  return readLocksView(useSearchParams());
}

export function changeLocksView(part: Partial<LocksView>): void {
  const { pathname, search } = window.location;
  const query = writeLocksView({ ...readLocksView(new URLSearchParams(search)), ...part });
  const address = query === "" ? pathname : `${pathname}?${query}`;
  if (address === pathname + search) return;
  // Typing a filter is no step to go back to; opening a lock is one.
  window.history[part.lock === undefined ? "replaceState" : "pushState"](null, "", address);
}
