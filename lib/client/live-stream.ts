// One event stream per browser, however many tabs are open: six streams would use up all the connections HTTP/1.1 grants
// to an origin. The tab that holds the lock "keydeck-live" leads: it opens /api/live and hands what it hears to the
// others. When it goes, the lock passes on and the next tab opens the stream.

import { LIVE_KINDS, type LiveEvent, openLive } from "../contracts/live.ts";

export type StreamState = "connecting" | "open" | "away";

/** What tabs tell each other. `ask` comes from a tab that has just opened; the leader answers with the last it knows. */
export type LiveMessage = { type: "state"; state: StreamState } | { type: "event"; event: LiveEvent } | { type: "ask" };

const NAME = "keydeck-live";
const RETRY_MS = { first: 1_000, longest: 15_000 };
/** A newcomer needs these at once; the rest is of the moment. */
const REMEMBERED: readonly LiveEvent["kind"][] = ["hello", "link", "feed", "bye"];

/** Takes part in the shared stream until the returned function is called. */
export function joinLiveStream(receive: (message: LiveMessage) => void): () => void {
  const leaving = new AbortController();
  const channel = new BroadcastChannel(NAME);
  channel.onmessage = ({ data }: MessageEvent<LiveMessage>) => receive(data);

  const lead = () => leadUntil(leaving.signal, channel, receive);
  if (navigator.locks) {
    navigator.locks.request(NAME, { signal: leaving.signal }, lead).catch(ignoreAbort);
    channel.postMessage({ type: "ask" } satisfies LiveMessage);
  } else {
    void lead(); // Plain http on a LAN has no Web Locks: then each tab holds a stream of its own.
  }
  return () => {
    leaving.abort();
    channel.close();
  };
}

async function leadUntil(
  signal: AbortSignal,
  channel: BroadcastChannel,
  receive: (message: LiveMessage) => void,
): Promise<void> {
  if (signal.aborted) return; // The lock was granted at the moment of leaving.
  let state: StreamState = "connecting";
  const remembered = new Map<LiveEvent["kind"], LiveEvent>();
  const tell = (message: LiveMessage) => {
    if (signal.aborted) return;
    channel.postMessage(message);
    receive(message);
  };
  channel.onmessage = ({ data }: MessageEvent<LiveMessage>) => {
    if (data.type !== "ask") return receive(data);
    channel.postMessage({ type: "state", state } satisfies LiveMessage);
    for (const event of remembered.values()) channel.postMessage({ type: "event", event } satisfies LiveMessage);
  };
  const close = openStream({
    onState: (next) => {
      state = next;
      tell({ type: "state", state });
    },
    onEvent: (event) => {
      if (REMEMBERED.includes(event.kind)) remembered.set(event.kind, event);
      tell({ type: "event", event });
    },
  });
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  close();
}

function openStream({
  onState,
  onEvent,
}: {
  onState: (state: StreamState) => void;
  onEvent: (event: LiveEvent) => void;
}): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let wait = RETRY_MS.first;
  const close = () => {
    clearTimeout(retry);
    source?.close();
  };
  const hear = ({ data }: MessageEvent<string>) => {
    const event = JSON.parse(data) as LiveEvent;
    onEvent(event);
    if (event.kind === "bye") close();
  };
  const open = () => {
    source = new EventSource(openLive.path);
    for (const kind of LIVE_KINDS) source.addEventListener(kind, hear);
    source.onopen = () => {
      wait = RETRY_MS.first;
      onState("open");
    };
    source.onerror = () => {
      onState("away");
      // The browser retries a broken stream itself, but not one that was answered with an error.
      if (source?.readyState !== EventSource.CLOSED) return;
      retry = setTimeout(open, wait);
      wait = Math.min(wait * 2, RETRY_MS.longest);
    };
  };
  open();
  return close;
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
}
