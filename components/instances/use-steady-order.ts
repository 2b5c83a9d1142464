"use client";

import { type FocusEvent, useState } from "react";
import type { Instance } from "@/lib/contracts/instances";

/**
 * Keeps the order while somebody points at the rows or walks through them, as figures that change would move the row under
 * the cursor. Who comes meanwhile stands at the end, who leaves goes.
 */
export function useSteadyOrder(instances: readonly Instance[]) {
  const [order, setOrder] = useState<readonly string[] | null>(null);
  const hold = () => setOrder((before) => before ?? instances.map(({ id }) => id));
  const release = () => setOrder(null);
  const place = (id: string) => (order?.includes(id) ? order.indexOf(id) : Number.POSITIVE_INFINITY);
  return {
    shown: order === null ? instances : instances.toSorted((a, b) => compare(place(a.id), place(b.id))),
    /** For the element around the rows. */
    holding: {
      onPointerEnter: hold,
      onPointerLeave: release,
      onFocus: hold,
      onBlur: (event: FocusEvent) => {
        if (!event.currentTarget.contains(event.relatedTarget)) release();
      },
    },
  };
}

function compare(a: number, b: number): number {
  return a < b ? -1 : Number(a > b);
}
