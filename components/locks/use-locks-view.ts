"use client";

import { readLocksView, writeLocksView } from "@/lib/client/locks";
import { urlView } from "@/lib/client/url-view";

export const [useLocksView, changeLocksView] = urlView({
  read: readLocksView,
  write: writeLocksView,
  isStep: ({ lock }) => lock !== undefined,
});

export function closeLock(): void {
  changeLocksView({ lock: null });
}
