"use client";

import { type ReloadsView, readReloadsView, writeReloadsView } from "@/lib/client/reloads";
import { urlView } from "@/lib/client/url-view";

export const [useReloadsView, changeReloadsView] = urlView({
  read: readReloadsView,
  write: writeReloadsView,
  isStep: ({ tab }) => tab !== undefined,
});

export function isFiltered({ search, from, trouble }: ReloadsView): boolean {
  return search !== "" || from !== null || trouble;
}

/** All signals again. */
export function clearTraceFilters(): void {
  changeReloadsView({ search: "", from: null, trouble: false });
}
