import { useRef } from "react";
import type { ListedKey } from "@/lib/client/keys/scan";
import type { ListItem } from "@/lib/client/keys/tree";
import { useKeys } from "../keys-context";

type Items = readonly ListItem<ListedKey>[];

/** Ticks one row, or extends the ticks from the row touched last (else from `from`) to this one. */
export function useSelection(items: Items) {
  const { selection, select } = useKeys();
  const anchor = useRef<string | null>(null);

  const toggle = (index: number) => {
    const k = keyAt(items, index);
    if (k === null) return;
    const next = new Set(selection);
    if (!next.delete(k)) next.add(k);
    anchor.current = k;
    select(next);
  };
  const extend = (index: number, from: number) => {
    const anchored = items.findIndex((_, at) => keyAt(items, at) === anchor.current);
    const start = anchor.current === null || anchored === -1 ? from : anchored;
    const [first, last] = [Math.min(start, index), Math.max(start, index)];
    const next = new Set(selection);
    for (let at = first; at <= last; at++) {
      const k = keyAt(items, at);
      if (k !== null) next.add(k);
    }
    anchor.current = keyAt(items, start);
    select(next);
  };
  return { toggle, extend };
}

function keyAt(items: Items, index: number): string | null {
  const item = items[index];
  return item?.kind === "key" ? item.row.k : null;
}
