// Small habits of one person in one browser (hidden columns, a pane's width). Nothing a link should carry.

import { useCallback, useSyncExternalStore } from "react";

const PREFIX = "keydeck.";
const watchers = new Set<() => void>();

/** Text kept in this browser; `standard` until it is set, and while rendering on the server. */
export function usePreference(name: string, standard: string): [value: string, set: (value: string) => void] {
  const value = useSyncExternalStore(
    watch,
    () => read(name) ?? standard,
    () => standard,
  );
  const set = useCallback((next: string) => write(name, next), [name]);
  return [value, set];
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Storage is full or forbidden: the habit lasts until the page is left, which harms nothing.
  }
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}
