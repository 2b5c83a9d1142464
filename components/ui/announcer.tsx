"use client";

import { useSyncExternalStore } from "react";

let text = "";
const watchers = new Set<() => void>();

/** Says something to those who hear the page. Everything that changes by itself speaks through this one region. */
export function announce(next: string): void {
  // The same words twice would not be a change, and so not be read.
  text = next === text ? `${next}\u00a0` : next;
  for (const watcher of watchers) watcher();
}

export function Announcer() {
  const said = useSyncExternalStore(
    watch,
    () => text,
    () => "",
  );
  return (
    <div aria-live="polite" aria-atomic="true" className="sr-only">
      {said}
    </div>
  );
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}
