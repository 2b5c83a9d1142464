"use client";

import { readSessionsView, writeSessionsView } from "@/lib/client/sessions";
import { urlView } from "@/lib/client/url-view";

export const [useSessionsView, changeSessionsView] = urlView({
  read: readSessionsView,
  write: writeSessionsView,
  isStep: () => true,
});

/** Closes whatever is open at the right. */
export function closeSession(): void {
  changeSessionsView({ ref: null, entry: null });
}
