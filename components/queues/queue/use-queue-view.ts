"use client";

import { readQueueView, writeQueueView } from "@/lib/client/queues/view";
import { urlView } from "@/lib/client/url-view";

/** Typing a search is no step to go back to; a tab, a page or a job is one. */
export const [useQueueView, changeQueueView] = urlView({
  read: readQueueView,
  write: writeQueueView,
  isStep: ({ q }) => q === undefined,
});

export function closeJob(): void {
  changeQueueView({ job: null, part: "job" });
}
