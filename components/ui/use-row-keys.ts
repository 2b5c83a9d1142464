"use client";

import { useRef } from "react";
import { useHotkey } from "@/lib/client/hotkeys";

/** j and k go from row to row; Enter opens the one that has the focus, as on any link or button. */
export function useRowKeys() {
  const body = useRef<HTMLTableSectionElement>(null);
  const step = (by: 1 | -1) => () => {
    const rows = [...(body.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    const next = at === -1 ? rows[0] : rows[at + by];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  useHotkey("next", step(1));
  useHotkey("previous", step(-1));
  return body;
}
