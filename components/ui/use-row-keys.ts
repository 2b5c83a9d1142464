"use client";

import { useRef } from "react";
import { useHotkey } from "@/lib/client/hotkeys";

/**
 * j and k go from row to row; Enter opens the one that has the focus, as on any link or button; x ticks it, where rows can
 * be ticked.
 */
export function useRowKeys<List extends HTMLElement = HTMLTableSectionElement>() {
  const body = useRef<List>(null);
  const rows = () => [...(body.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
  const at = () => rows().findIndex((row) => (row.closest("tr") ?? row).contains(document.activeElement));
  const step = (by: 1 | -1) => () => {
    const next = at() === -1 ? rows()[0] : rows()[at() + by];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  useHotkey("next", step(1));
  useHotkey("previous", step(-1));
  useHotkey("select", () => {
    const tick = rows()[at()]?.closest("tr")?.querySelector<HTMLElement>("input[type=checkbox]");
    if (!tick) return false;
    tick.click();
  });
  return body;
}
