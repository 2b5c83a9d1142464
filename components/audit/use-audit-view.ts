"use client";

import { useSearchParams } from "next/navigation";
import { type AuditView, readAuditView, writeAuditView } from "@/lib/client/audit";

/** The view lives in the URL: a link shows the same records, and Back goes back. */
export function useAuditView(): [AuditView, (part: Partial<AuditView>) => void] {
  const view = readAuditView(useSearchParams());
  const change = (part: Partial<AuditView>) => {
    const query = writeAuditView({ ...readAuditView(new URLSearchParams(window.location.search)), ...part });
    const step = part.log === undefined ? "replaceState" : "pushState";
    window.history[step](null, "", query === "" ? window.location.pathname : `?${query}`);
  };
  return [view, change];
}
