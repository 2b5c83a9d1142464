"use client";

import { CircleQuestionMark, Search } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { useMe } from "@/lib/client/me";
import { Drawer } from "./drawer";
import { LinkStatus } from "./link-status";
import { LiveButton } from "./live-button";
import { openOverlay } from "./overlays";

export function Topbar() {
  return (
    <header className="flex h-11 shrink-0 items-center gap-1 border-b border-line pr-2 pl-2 lg:pl-4">
      <Drawer />
      <Namespace />
      <LinkStatus />
      <div className="flex-1" />
      <LiveButton />
      <button
        type="button"
        onClick={() => openOverlay("menu")}
        aria-keyshortcuts="Meta+K Control+K"
        className="ml-1 hidden h-7 w-56 items-center gap-2 rounded-control border border-line-strong bg-panel px-2 text-muted hover:bg-hover md:flex"
      >
        <Search aria-hidden className="size-3.5" />
        <span className="flex-1 text-left">Go to…</span>
        <Kbd hotkey="menu" />
      </button>
      <IconButton label="Go to…" className="md:hidden" onClick={() => openOverlay("menu")}>
        <Search aria-hidden className="size-4" />
      </IconButton>
      <IconButton label="Keyboard shortcuts" className="max-sm:hidden" onClick={() => openOverlay("help")}>
        <CircleQuestionMark aria-hidden className="size-4" strokeWidth={1.75} />
      </IconButton>
    </header>
  );
}

function Namespace() {
  const { namespace } = useMe();
  return (
    <p className="flex min-w-0 items-baseline gap-2">
      <span className="text-muted max-sm:sr-only">Namespace</span>
      {namespace === null ? (
        <span className="truncate">all without a name</span>
      ) : (
        <span className="truncate font-mono text-label font-medium" title={namespace}>
          {namespace}
        </span>
      )}
    </p>
  );
}
