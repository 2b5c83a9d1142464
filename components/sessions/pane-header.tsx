"use client";

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "@/components/ui/button";
import { useHotkey } from "@/lib/client/hotkeys";
import { changeSessionsView } from "./use-sessions-view";

/** The head of what is open at the right. Closing gives the keyboard back to the row it came from. */
export function PaneHeader({ title }: { title: ReactNode }) {
  useHotkey("close", closePane);
  return (
    <header className="flex items-center gap-1 border-b border-line py-2 pr-2 pl-4">
      <h2 tabIndex={-1} ref={focusOnce} className="min-w-0 flex-1 truncate font-medium outline-none">
        {title}
      </h2>
      <IconButton label="Close" onClick={closePane}>
        <X className="size-4" aria-hidden />
      </IconButton>
    </header>
  );
}

function closePane(): void {
  const row = document.querySelector<HTMLElement>("[data-row][aria-expanded=true]");
  changeSessionsView({ ref: null, entry: null });
  // On phones the list is invisible, and takes no focus, until the pane is gone.
  requestAnimationFrame(() => requestAnimationFrame(() => row?.focus()));
}

/** One function for ever: React calls a new one at every render, which would pull the focus back. */
function focusOnce(heading: HTMLElement | null): void {
  heading?.focus({ preventScroll: true });
}
