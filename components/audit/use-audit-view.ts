"use client";

import { useSearchParams } from "next/navigation";
import { type AuditView, readAuditView, writeAuditView } from "@/lib/client/audit";

/** The view lives in the URL: a link shows the same records, and Back goes back. */
export function useAuditView(): [AuditView, (part: Partial<AuditView>) => void] {
  const view = readAuditView(useSearchParams());
  const change = (part: Partial<AuditView>) => {
    const { pathname, search } = window.location;
    const query = writeAuditView({ ...readAuditView(new URLSearchParams(search)), ...part });
    const address = query === "" ? pathname : `${pathname}?${query}`;
    // A tab reports its choice by mouse and again by focus: one step back must be enough.
    if (address === pathname + search) return;
    const step = part.log === undefined ? "replaceState" : "pushState";
    window.history[step](null, "", address);
  };
  return [view, change];
}
