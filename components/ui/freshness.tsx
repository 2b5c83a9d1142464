"use client";

import { RotateCw } from "lucide-react";
import { useHotkey } from "@/lib/client/hotkeys";
import { IconButton } from "./button";
import { Time } from "./time";

/** When what is on the screen was read, and the way to read it again, by r too. `at` 0 or absent: nothing was read yet. */
export function Freshness({ at, onRefresh }: { at: number | undefined; onRefresh: () => unknown }) {
  useHotkey("refresh", () => void onRefresh());
  return (
    <>
      {at ? (
        <span className="text-label whitespace-nowrap text-muted">
          as of <Time at={at} />
        </span>
      ) : null}
      <IconButton label="Refresh" onClick={() => void onRefresh()}>
        <RotateCw aria-hidden className="size-4" strokeWidth={1.75} />
      </IconButton>
    </>
  );
}
