import { type KeyboardEvent, type RefObject, useState } from "react";
import { useHotkey } from "@/lib/client/hotkeys";
import type { ListedKey } from "@/lib/client/keys/scan";
import type { ListItem } from "@/lib/client/keys/tree";

interface GridKeys {
  items: readonly ListItem<ListedKey>[];
  grid: RefObject<HTMLElement | null>;
  pageRows: () => number;
  scrollTo: (index: number) => void;
  open: (item: ListItem<ListedKey>) => void;
  toggle: (index: number) => void;
  extend: (index: number, from: number) => void;
  fold: (item: ListItem<ListedKey>, expanded: boolean) => void;
}

/** The row the keyboard stands on, and every key that moves it. The grid itself keeps the focus. */
export function useGridKeys(keys: GridKeys) {
  const { items, grid, scrollTo, toggle, extend } = keys;
  const [wanted, setActive] = useState(-1);
  const active = Math.min(wanted, items.length - 1);
  const item = items[active];

  const moveTo = (index: number) => {
    const next = Math.max(0, Math.min(items.length - 1, index));
    if (items.length === 0) return;
    setActive(next);
    scrollTo(next);
    grid.current?.focus({ preventScroll: true });
  };
  const isHere = () => document.activeElement === grid.current || document.activeElement === document.body;
  const step = (by: number) => (event: globalThis.KeyboardEvent) => {
    if (event.key.startsWith("Arrow") && !isHere()) return false;
    const next = active === -1 ? 0 : Math.max(0, Math.min(items.length - 1, active + by));
    moveTo(next);
    if (event.shiftKey && item) extend(next, active);
  };
  useHotkey("next", step(1));
  useHotkey("previous", step(-1));
  useHotkey("open", () => (isHere() && item ? keys.open(item) : false));
  useHotkey("select", () => (item ? toggle(active) : false));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const act = gridAct(event, { ...keys, active, item, moveTo });
    if (!act) return;
    event.preventDefault();
    act();
  };
  return { active, setActive, onKeyDown, moveTo };
}

interface Standing extends GridKeys {
  active: number;
  item: ListItem<ListedKey> | undefined;
  moveTo: (index: number) => void;
}

function gridAct(event: KeyboardEvent, keys: Standing): (() => void) | undefined {
  const { active, item, items, moveTo } = keys;
  switch (event.key) {
    case "Home":
      return () => moveTo(0);
    case "End":
      return () => moveTo(items.length - 1);
    case "PageDown":
      return () => moveTo(active + keys.pageRows());
    case "PageUp":
      return () => moveTo(active - keys.pageRows());
    case " ":
      return item ? () => (event.shiftKey ? keys.extend(active, active) : keys.toggle(active)) : undefined;
    case "ArrowRight":
      return item?.kind === "folder" && !item.expanded ? () => keys.fold(item, true) : undefined;
    case "ArrowLeft":
      return foldOrLeave(keys);
    default:
      return undefined;
  }
}

/** Left closes an open folder; on anything else it goes to the folder around it. */
function foldOrLeave({ active, item, items, fold, moveTo }: Standing): (() => void) | undefined {
  if (item?.kind === "folder" && item.expanded) return () => fold(item, false);
  for (let above = active - 1; above >= 0; above--) {
    if ((items[above]?.depth ?? 0) < (item?.depth ?? 0)) return () => moveTo(above);
  }
  return undefined;
}
