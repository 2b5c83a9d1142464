"use client";

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useHotkey } from "@/lib/client/hotkeys";
import { IconButton } from "./button";

/** What is open at the right of a list. It takes the keyboard; closing gives it back to the row it came from. */
export function Pane({
  label,
  title,
  actions,
  onClose,
  children,
}: {
  /** What it is: "Lock". */
  label: string;
  /** Which one. */
  title: ReactNode;
  actions?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}) {
  const close = () => closePane(onClose);
  useHotkey("close", close);
  return (
    <section aria-label={label} className="flex min-h-0 flex-1 flex-col bg-panel">
      <header className="flex items-center gap-1 border-b border-line py-2 pr-2 pl-4">
        <h2 tabIndex={-1} ref={focusOnce} className="min-w-0 flex-1 truncate font-medium outline-none">
          {title}
        </h2>
        {actions}
        <IconButton label="Close" onClick={close}>
          <X className="size-4" aria-hidden />
        </IconButton>
      </header>
      {children}
    </section>
  );
}

/** Closes by `close`, and gives the keyboard back to the row that was open. */
export function closePane(close: () => void): void {
  const row = document.querySelector<HTMLElement>("[data-row][aria-expanded=true]");
  close();
  // On phones the list is invisible, and takes no focus, until the pane is gone.
  requestAnimationFrame(() => requestAnimationFrame(() => row?.focus()));
}

/** One function for ever: React calls a new one at every render, which would pull the focus back. */
function focusOnce(heading: HTMLElement | null): void {
  heading?.focus({ preventScroll: true });
}
