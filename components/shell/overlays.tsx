"use client";

import dynamic from "next/dynamic";
import { useSyncExternalStore } from "react";
import { useHotkey } from "@/lib/client/hotkeys";

type Overlay = "menu" | "help";

const CommandMenu = dynamic(() => import("./command-menu").then((file) => file.CommandMenu), { ssr: false });
const ShortcutSheet = dynamic(() => import("./shortcut-sheet").then((file) => file.ShortcutSheet), { ssr: false });

let current: Overlay | null = null;
const watchers = new Set<() => void>();

export function openOverlay(overlay: Overlay | null): void {
  current = overlay;
  for (const watcher of watchers) watcher();
}

/** The command menu and the shortcut sheet, fetched when first asked for. */
export function Overlays() {
  const open = useSyncExternalStore(
    watch,
    () => current,
    () => null,
  );
  useHotkey("menu", () => openOverlay("menu"));
  useHotkey("help", () => openOverlay("help"));
  const close = () => openOverlay(null);
  if (open === "menu") return <CommandMenu onClose={close} />;
  if (open === "help") return <ShortcutSheet onClose={close} />;
  return null;
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}
