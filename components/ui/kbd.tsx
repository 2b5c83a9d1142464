"use client";

import { capsOf, HOTKEYS, type HotkeyId, useIsApple } from "@/lib/client/hotkeys";

/** The caps of a hotkey, as the table binds it (its first alternative unless told). */
export function Kbd({ hotkey, alternative = 0 }: { hotkey: HotkeyId; alternative?: number }) {
  const apple = useIsApple();
  const keys = HOTKEYS[hotkey].keys[alternative];
  if (!keys) return null;
  return (
    <kbd className="inline-flex gap-0.5 font-sans">
      {capsOf(keys, apple).map((cap) => (
        <span
          key={cap}
          className="inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-sm border border-line-strong bg-panel px-1 text-legend text-muted"
        >
          {cap}
        </span>
      ))}
    </kbd>
  );
}
