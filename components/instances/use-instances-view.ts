"use client";

import { readInstancesView, writeInstancesView } from "@/lib/client/instances";
import { urlView } from "@/lib/client/url-view";

export const [useInstancesView, changeInstancesView] = urlView({
  read: readInstancesView,
  write: writeInstancesView,
  isStep: () => false,
});

/** All instances again, in the order they stand in. */
export function clearInstanceFilters(): void {
  changeInstancesView({ q: "", only: null });
}
