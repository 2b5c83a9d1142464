"use client";

import { useSearchParams } from "next/navigation";
import { readSessionsView, type SessionsView, writeSessionsView } from "@/lib/client/sessions";

/** The view lives in the URL: a link shows the same session, and Back goes back. */
export function useSessionsView(): [SessionsView, (part: Partial<SessionsView>) => void] {
  return [readSessionsView(useSearchParams()), changeSessionsView];
}

export function changeSessionsView(part: Partial<SessionsView>): void {
  const { pathname, search } = window.location;
  const query = writeSessionsView({ ...readSessionsView(new URLSearchParams(search)), ...part });
  const address = query === "" ? pathname : `${pathname}?${query}`;
  // A tab reports its choice by mouse and again by focus: one step back must be enough.
  if (address !== pathname + search) window.history.pushState(null, "", address);
}
