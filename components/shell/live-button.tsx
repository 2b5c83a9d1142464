"use client";

import { clsx } from "clsx";
import { Pause, Play } from "lucide-react";
import { announce } from "@/components/ui/announcer";
import { Tooltip } from "@/components/ui/tooltip";
import { useHotkey } from "@/lib/client/hotkeys";
import { type LiveState, POLL_MS, setPaused, useLive } from "@/lib/client/live";
import { useMe } from "@/lib/client/me";

/** Says how fresh the page keeps itself, and pauses it. */
export function LiveButton() {
  const live = useLive();
  const toggle = () => {
    setPaused(!live.paused);
    announce(live.paused ? "Live updates resumed" : "Live updates paused");
  };
  useHotkey("pause", toggle);
  const { link } = useMe();
  const { word, hint, fresh } = describe(live, link.state === "ready");
  const Icon = live.paused ? Play : Pause;
  return (
    <Tooltip text={hint}>
      <button
        type="button"
        aria-pressed={live.paused}
        aria-label={`${word}. ${live.paused ? "Resume" : "Pause"} live updates`}
        onClick={toggle}
        className="group flex h-7 items-center gap-1.5 rounded-control px-2 text-label text-muted hover:bg-hover hover:text-fg"
      >
        <span
          aria-hidden
          className={clsx("size-1.5 rounded-full", fresh ? "bg-ok" : "border border-idle", "group-hover:hidden")}
        />
        <Icon aria-hidden className="hidden size-3 group-hover:block" />
        {word}
      </button>
    </Tooltip>
  );
}

function describe(
  { stream, paused, feed, ended }: LiveState,
  redisReady: boolean,
): { word: string; hint: string; fresh: boolean } {
  const every = `every ${POLL_MS / 1_000} s`;
  if (ended) return { word: "Stopped", hint: ended, fresh: false };
  if (paused) return { word: "Paused", hint: "Nothing on this page moves until you resume.", fresh: false };
  if (!redisReady) return { word: "Waiting", hint: "Goes on by itself as soon as Redis answers.", fresh: false };
  if (stream === "connecting") return { word: "Connecting", hint: "The live stream is on its way.", fresh: false };
  if (stream === "away")
    return { word: `Polling ${every}`, hint: "The live stream is away, so the page asks by itself.", fresh: false };
  if (!feed.live)
    return { word: `Polling ${every}`, hint: feed.because ?? "Redis tells of no changes here.", fresh: false };
  return { word: "Live", hint: "Changes by anybody appear as they happen.", fresh: true };
}
