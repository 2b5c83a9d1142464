"use client";

import { Fragment, type ReactNode } from "react";
import type { VisibleRows } from "./use-visible-rows";

/**
 * The rows of a table's body that are near the window, with blank space for the others. `kept` are drawn wherever they are:
 * a row that has the keyboard must not lose it because somebody scrolls.
 */
export function WindowedRows<Item>({
  items,
  visible: { from, to },
  kept,
  rowHeight,
  keyOf,
  children,
}: {
  items: readonly Item[];
  visible: VisibleRows;
  kept: readonly number[];
  rowHeight: number;
  keyOf: (item: Item) => string;
  children: (item: Item, index: number) => ReactNode;
}) {
  const drawn = new Set(kept.filter((index) => index >= 0 && index < items.length));
  for (let index = from; index < to; index++) drawn.add(index);
  let next = 0;
  const rows = [...drawn]
    .sort((a, b) => a - b)
    .map((index) => {
      const item = items[index] as Item;
      const gap = (index - next) * rowHeight;
      next = index + 1;
      return (
        <Fragment key={keyOf(item)}>
          <Gap height={gap} />
          {children(item, index)}
        </Fragment>
      );
    });
  return (
    <>
      {rows}
      <Gap height={(items.length - next) * rowHeight} />
    </>
  );
}

/** Room, and no row of the table: nobody is to be told of it. */
const BLANK = { role: "none" } as const;

function Gap({ height }: { height: number }) {
  return height === 0 ? null : (
    <tr {...BLANK}>
      <td {...BLANK} style={{ height }} className="p-0" />
    </tr>
  );
}
