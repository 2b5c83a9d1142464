// What the live stream means for a page: which cached answers are out of date, and what the topbar says about it.
// A paused or hidden tab sleeps: it remembers that something changed and catches up when it wakes.

import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import type { LiveEvent } from "../contracts/live.ts";
import type { Me } from "../contracts/system.ts";
import { joinLiveStream, type LiveMessage, type StreamState } from "./live-stream.ts";
import { refresh } from "./refresh.ts";

export interface LiveState {
  readonly stream: StreamState;
  readonly paused: boolean;
  /** Whether changes by others are told as they happen; when Redis refuses, pages poll and say why. */
  readonly feed: { readonly live: boolean; readonly because: string | null };
  /** Set when the session is over: the sentence to show. */
  readonly ended: string | null;
}

type Kind = LiveEvent["kind"];
type Listener<K extends Kind> = (event: Extract<LiveEvent, { kind: K }>) => void;

/** Cached answers that an event makes old. `keys` is not here: lib/client/keys.ts knows which key is on screen. */
const OUTDATES: Partial<Record<Kind, QueryKey[]>> = {
  census: [["census"], ["overview"]],
  audit: [["audit"]],
  instances: [["instances"], ["sessions", "instances"], ["sessions", "revocation"]],
  reloads: [["reloads"]],
  locks: [["locks"]],
  sessions: [["sessions"]],
};

/** Cached answers that an event about queues makes old. */
function queuesOf(event: LiveEvent): QueryKey[] {
  if (event.kind === "queue-events") return [["queues", "one", event.queue]];
  if (event.kind !== "queues") return [];
  if (event.all) return [["queues"]];
  return [["queues", "list"], ["queues", "schedulers"], ...event.names.map((name) => ["queues", "one", name])];
}

/** However fast events come, a list is fetched again at most this often. */
const SETTLE_MS = 800;
/** Hints come four times a second at most, and what they tell must be seen within half a second. */
const SETTLE_HINT_MS = 80;
const HINTS: readonly Kind[] = ["instances", "reloads", "locks", "sessions", "queues", "queue-events"];
export const POLL_MS = 5_000;

const INITIAL: LiveState = { stream: "connecting", paused: false, feed: { live: true, because: null }, ended: null };
let state = INITIAL;
const watchers = new Set<() => void>();
const listeners = new Map<Kind, Set<(event: LiveEvent) => void>>();
let client: QueryClient | undefined;
let missedKeys = false;
const outdated = new Map<string, { queryKey: QueryKey; dueAt: number }>();
let settling: ReturnType<typeof setTimeout> | undefined;

/** Connects this tab; call once, from the console's layout. Returns the way out. */
export function connectLive(queryClient: QueryClient): () => void {
  client = queryClient;
  const leave = joinLiveStream(receive);
  document.addEventListener("visibilitychange", settle);
  return () => {
    leave();
    document.removeEventListener("visibilitychange", settle);
    clearTimeout(settling);
    settling = undefined;
  };
}

export function useLive(): LiveState {
  return useSyncExternalStore(
    watch,
    () => state,
    () => INITIAL,
  );
}

/** Runs `listener` for each event of a kind while the tab is awake; after a sleep, keys come as one `all`. */
export function useLiveEvent<K extends Kind>(kind: K, listener: Listener<K>): void {
  useEffect(() => {
    const set = listeners.get(kind) ?? new Set();
    listeners.set(kind, set.add(listener as (event: LiveEvent) => void));
    return () => void set.delete(listener as (event: LiveEvent) => void);
  }, [kind, listener]);
}

/** `refetchInterval` of a query that the stream keeps fresh: polls only while the stream cannot. */
export function usePolling(intervalMs: number = POLL_MS): number | false {
  const { stream, paused, feed, ended } = useLive();
  if (paused || ended) return false;
  return stream === "open" && feed.live ? false : intervalMs;
}

/** `refetchInterval` of figures no event tells about, such as operations per second. */
export function useSteadyPolling(intervalMs: number = POLL_MS): number | false {
  const { paused, ended } = useLive();
  return paused || ended ? false : intervalMs;
}

export function setPaused(paused: boolean): void {
  change({ paused });
  settle();
}

export function sessionEnded(because: string): void {
  if (state.ended === null) change({ ended: because });
}

function receive(message: LiveMessage): void {
  if (message.type === "state") change({ stream: message.state });
  if (message.type !== "event") return;
  const { event } = message;
  if (event.kind === "hello" || event.kind === "link") noticeLink(event);
  if (event.kind === "feed") noticeFeed(event);
  if (event.kind === "bye") sessionEnded(event.because);
  const settleMs = HINTS.includes(event.kind) ? SETTLE_HINT_MS : SETTLE_MS;
  for (const key of OUTDATES[event.kind] ?? queuesOf(event)) outdate(key, settleMs);
  if (event.kind === "keys" && isAsleep()) missedKeys = true;
  else emit(event);
}

function noticeLink(event: Extract<LiveEvent, { kind: "hello" | "link" }>): void {
  const before = client?.getQueryData<Me>(["me"])?.link.state;
  client?.setQueryData<Me>(["me"], (me) => me && { ...me, link: event.link });
  // Whatever happened before the stream opened, or while Redis was away, was not told.
  if (event.link.state === "ready" && !(event.kind === "link" && before === "ready")) catchUp();
}

function noticeFeed({ live, because }: Extract<LiveEvent, { kind: "feed" }>): void {
  change({ feed: { live, because } });
  // What others changed until now was not told.
  if (live) catchUp();
}

/** Asks for everything on screen again, once things have settled. */
function catchUp(): void {
  outdate([], SETTLE_MS);
  missedKeys = true;
}

function outdate(queryKey: QueryKey, settleMs: number): void {
  const name = JSON.stringify(queryKey);
  if (!outdated.has(name)) outdated.set(name, { queryKey, dueAt: Date.now() + settleMs });
  settleWhenDue();
}

function settleWhenDue(): void {
  clearTimeout(settling);
  settling = undefined;
  if (outdated.size === 0) return;
  const next = Math.min(...[...outdated.values()].map(({ dueAt }) => dueAt));
  settling = setTimeout(settle, Math.max(0, next - Date.now()));
}

function settle(): void {
  // A sleeping tab is settled when it wakes.
  if (isAsleep()) return;
  for (const [name, { queryKey, dueAt }] of outdated) {
    if (dueAt > Date.now()) continue;
    outdated.delete(name);
    if (client) refresh(client, queryKey);
  }
  settleWhenDue();
  if (!missedKeys) return;
  missedKeys = false;
  emit({ kind: "keys", at: Date.now(), keys: [], by: null, all: true });
}

function isAsleep(): boolean {
  return state.paused || document.hidden;
}

function emit(event: LiveEvent): void {
  for (const listener of listeners.get(event.kind) ?? []) listener(event);
}

function change(part: Partial<LiveState>): void {
  state = { ...state, ...part };
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}
