"use client";

import { useSearchParams } from "next/navigation";
import { type QueuesView, readQueuesView, writeQueuesView } from "@/lib/client/queues";

/** Filter, order and groups live in the URL: a link shows the same list. */
export function useQueuesView(): QueuesView {
  return readQueuesView(useSearchParams());
}

export function changeQueuesView(part: Partial<QueuesView>): void {
  const { pathname, search } = window.location;
  const query = writeQueuesView({ ...readQueuesView(new URLSearchParams(search)), ...part });
  const address = query === "" ? pathname : `${pathname}?${query}`;
  if (address !== pathname + search) window.history.replaceState(null, "", address);
}
