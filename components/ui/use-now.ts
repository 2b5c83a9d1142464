"use client";

import { useEffect, useState } from "react";

const tickers = new Map<number, { watchers: Set<() => void>; timer: ReturnType<typeof setInterval> }>();

/** The time, told again every `everyMs`. All who ask for one pace share one timer; a hidden tab is not woken. */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const tell = () => setNow(Date.now());
    tell();
    return watch(everyMs, tell);
  }, [everyMs]);
  return now;
}

function watch(everyMs: number, watcher: () => void): () => void {
  const ticker = tickers.get(everyMs) ?? start(everyMs);
  ticker.watchers.add(watcher);
  return () => {
    ticker.watchers.delete(watcher);
    if (ticker.watchers.size > 0) return;
    clearInterval(ticker.timer);
    tickers.delete(everyMs);
  };
}

function start(everyMs: number) {
  const watchers = new Set<() => void>();
  const timer = setInterval(() => {
    if (!document.hidden) for (const watcher of watchers) watcher();
  }, everyMs);
  const ticker = { watchers, timer };
  tickers.set(everyMs, ticker);
  return ticker;
}
