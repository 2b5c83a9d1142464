"use client";

import { useSearchParams } from "next/navigation";
import { type ReloadsView, readReloadsView, writeReloadsView } from "@/lib/client/reloads";

/** The view lives in the URL: a link shows the same tab and filters, and Back goes back. */
export function useReloadsView(): [ReloadsView, (part: Partial<ReloadsView>) => void] {
  const view = readReloadsView(useSearchParams());
  const change = (part: Partial<ReloadsView>) => {
    const { pathname, search } = window.location;
    const query = writeReloadsView({ ...readReloadsView(new URLSearchParams(search)), ...part });
    const address = query === "" ? pathname : `${pathname}?${query}`;
    // A tab reports its choice by mouse and again by focus: one step back must be enough.
    if (address === pathname + search) return;
    const step = part.tab === undefined ? "replaceState" : "pushState";
    window.history[step](null, "", address);
  };
  return [view, change];
}
