// The view in the address bar. Next's router knows of pushState, so a change costs no request and Back works.

import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { keysHref } from "../links.ts";
import { type KeysView, readView } from "./filter-url.ts";

export type ChangeView = (change: Partial<KeysView>, how?: "push" | "replace") => void;

export function useKeysView(): KeysView {
  const query = useSearchParams().toString();
  return useMemo(() => readView(new URLSearchParams(query)), [query]);
}

/** Opening something is a step that Back takes back; typing is not. */
export const changeView: ChangeView = (change, how = "push") => {
  const address = keysHref({ ...readView(new URLSearchParams(window.location.search)), ...change });
  if (how === "push") window.history.pushState(null, "", address);
  else window.history.replaceState(null, "", address);
};
