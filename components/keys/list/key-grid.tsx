"use client";

import { type MouseEvent, useEffect, useId, useRef } from "react";
import { useVisibleRows } from "@/components/ui/use-visible-rows";
import type { ListedKey } from "@/lib/client/keys/scan";
import type { ListItem } from "@/lib/client/keys/tree";
import { changeView } from "@/lib/client/keys/view";
import { keysHref } from "@/lib/client/links";
import { useKeys } from "../keys-context";
import { useHiddenColumns } from "./columns";
import { FolderRow } from "./folder-row";
import { GridHeader, HEADER_HEIGHT } from "./grid-header";
import { KeyRowView } from "./key-row";
import { ROW_HEIGHT } from "./row-frame";
import { useGridKeys } from "./use-grid-keys";
import { useSelection } from "./use-selection";

/** Rows before the end at which the walk goes on. */
const NEAR_END = 30;
/** HTML lets a table be a treegrid: rows that fold, one focus, every key its own. A list is one that never folds. */
const TREEGRID = { role: "treegrid", "aria-label": "Keys", "aria-multiselectable": true, tabIndex: 0 } as const;
export const GRID_ID = "keys-grid";

interface GridProps {
  items: readonly ListItem<ListedKey>[];
  onFold: (path: string, expanded: boolean) => void;
}

/** The virtualised pane: thousands of rows, a few dozen elements. */
export function KeyGrid({ items, onFold }: GridProps) {
  const { view, state, scan, refresher, selection } = useKeys();
  const [hidden] = useHiddenColumns();
  const grid = useRef<HTMLTableElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const rowId = useId();
  const { toggle, extend } = useSelection(items);
  const isTree = view.layout === "tree";

  const visible = useVisibleRows({
    body,
    count: items.length,
    rowHeight: ROW_HEIGHT,
    headerHeight: HEADER_HEIGHT,
  });
  const drawn = items.slice(visible.from, visible.to);

  const isNearEnd = !isTree && visible.to >= items.length - NEAR_END;
  useEffect(() => {
    if (isNearEnd && state.phase === "paused" && !state.short) scan.more();
  }, [isNearEnd, state.phase, state.short, scan]);
  const shownKeys = drawn.flatMap((item) => (item.kind === "key" ? [item.row.k] : [])).join(",");
  useEffect(() => refresher.show(shownKeys.split(",")), [refresher, shownKeys]);

  const fold = (item: ListItem<ListedKey>, expanded: boolean) => {
    if (item.kind === "folder") onFold(item.path, expanded);
  };
  const open = (item: ListItem<ListedKey>) => {
    if (item.kind === "folder") fold(item, !item.expanded);
    else changeView({ k: item.row.k });
  };
  const keys = useGridKeys({
    items,
    grid,
    open,
    toggle,
    extend,
    fold,
    scrollTo: visible.scrollTo,
    pageRows: () => Math.max(1, visible.perPage() - 2),
  });
  const onClick = (event: MouseEvent) => {
    const target = event.target as Element;
    const index = Number(target.closest("[data-index]")?.getAttribute("data-index") ?? Number.NaN);
    const item = items[index];
    if (!item) return;
    keys.setActive(index);
    const isTick = target.closest("label") !== null;
    // A click on the label comes again as one on the box itself.
    if (isTick && !(target instanceof HTMLInputElement)) return;
    if (event.shiftKey) extend(index, Math.max(0, keys.active));
    else if (isTick) toggle(index);
    else if (!(event.metaKey || event.ctrlKey)) open(item);
    // With ⌘ or Ctrl the link opens in another tab, as links do.
    if (!isTick && !(event.metaKey || event.ctrlKey)) event.preventDefault();
  };
  const listed = items.flatMap((item) => (item.kind === "key" ? [item.row.k] : []));

  const standing = {
    "aria-rowcount": state.phase === "complete" ? items.length + 1 : -1,
    "aria-activedescendant": items[keys.active] ? `${rowId}${keys.active}` : undefined,
  };
  return (
    <table
      ref={grid}
      id={GRID_ID}
      data-frame
      {...TREEGRID}
      {...standing}
      onKeyDown={keys.onKeyDown}
      onClick={onClick}
      onFocus={(event) => {
        if (event.target === event.currentTarget && keys.active === -1 && items.length > 0) keys.setActive(0);
      }}
      className="group/grid @container relative block min-h-0 flex-1 overflow-y-auto overscroll-contain outline-none"
    >
      <GridHeader hidden={hidden} listed={listed} />
      <tbody ref={body} className="relative block" style={{ height: items.length * ROW_HEIGHT }}>
        {drawn.map((item, at) => {
          const index = visible.from + at;
          const place = {
            id: `${rowId}${index}`,
            index,
            top: index * ROW_HEIGHT,
            isActive: index === keys.active,
          };
          return item.kind === "folder" ? (
            <FolderRow
              key={itemKey(item)}
              item={item}
              place={place}
              hidden={hidden}
              partial={state.phase !== "complete"}
            />
          ) : (
            <KeyRowView
              key={itemKey(item)}
              item={item}
              place={place}
              hidden={hidden}
              isTree={isTree}
              address={keysHref({ ...view, k: item.row.k })}
              isOpen={item.row.k === view.k}
              isSelected={selection.has(item.row.k)}
            />
          );
        })}
      </tbody>
    </table>
  );
}

function itemKey(item: ListItem<ListedKey>): string {
  return item.kind === "folder" ? `folder ${item.path}` : item.row.k;
}

/** Puts the keyboard back on the list, where it was. */
export function focusGrid(): void {
  document.getElementById(GRID_ID)?.focus({ preventScroll: true });
}
