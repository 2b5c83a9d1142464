"use client";

import { useSearchParams } from "next/navigation";
import { type QueueView, readQueueView, writeQueueView } from "@/lib/client/queue-view";

/** What one sees of a queue lives in the URL: a link shows the same job, and Back goes back. */
export function useQueueView(): QueueView {
  return readQueueView(useSearchParams());
}

export function changeQueueView(part: Partial<QueueView>): void {
  const { pathname, search } = window.location;
  const query = writeQueueView({ ...readQueueView(new URLSearchParams(search)), ...part });
  const address = query === "" ? pathname : `${pathname}?${query}`;
  if (address === pathname + search) return;
  // Typing a search is no step to go back to; a tab, a page or a job is one.
  window.history[part.q === undefined ? "pushState" : "replaceState"](null, "", address);
}
