"use client";

import { useSearchParams } from "next/navigation";
import { type InstancesView, readInstancesView, writeInstancesView } from "@/lib/client/instances";

/** The view lives in the URL: a link shows the same instances. */
export function useInstancesView(): [InstancesView, (part: Partial<InstancesView>) => void] {
  const view = readInstancesView(useSearchParams());
  const change = (part: Partial<InstancesView>) => {
    const { pathname, search } = window.location;
    const query = writeInstancesView({ ...readInstancesView(new URLSearchParams(search)), ...part });
    window.history.replaceState(null, "", query === "" ? pathname : `${pathname}?${query}`);
  };
  return [view, change];
}
