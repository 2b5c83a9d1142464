"use client";

import { type FocusEvent, useEffect, useRef, useState } from "react";

interface HeldRow<Row> {
  readonly row: Row;
  /** It is not in the list any more; shown until the list is let go. */
  readonly gone: boolean;
}

/**
 * Keeps rows in their places while somebody points at them or walks through them: a list that follows what happens would
 * move the row under the cursor. Figures stay fresh, what ended says so, what is new waits. `scope` is what was asked for
 * (filter, order): whoever asks for something else gets it at once, wherever the pointer rests.
 */
export function useHeldRows<Row>(rows: readonly Row[], idOf: (row: Row) => string, scope = "") {
  const [hold, setHold] = useState<{ readonly scope: string; readonly ids: readonly string[] } | null>(null);
  const known = useRef(new Map<string, Row>());
  useEffect(() => {
    for (const row of rows) known.current.set(idOf(row), row);
  });
  const now = () => ({ scope, ids: rows.map(idOf) });
  if (hold !== null && hold.scope !== scope) setHold(now());
  const held = hold?.scope === scope ? hold.ids : null;
  const begin = () => setHold((before) => before ?? now());
  const release = () => {
    known.current.clear();
    setHold(null);
  };
  const current = new Map(rows.map((row) => [idOf(row), row]));
  const shown: HeldRow<Row>[] =
    held === null
      ? rows.map((row) => ({ row, gone: false }))
      : held.flatMap((id) => {
          const row = current.get(id) ?? known.current.get(id);
          return row === undefined ? [] : [{ row, gone: !current.has(id) }];
        });
  return {
    rows: shown,
    /** New rows that wait. */
    waiting: held === null ? 0 : rows.filter((row) => !held.includes(idOf(row))).length,
    /** For the element around the rows. */
    holding: {
      onPointerEnter: begin,
      onPointerLeave: release,
      onFocus: begin,
      onBlur: (event: FocusEvent) => {
        if (!event.currentTarget.contains(event.relatedTarget)) release();
      },
    },
  };
}
