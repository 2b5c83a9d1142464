// GET /api/live: server-sent events to one browser, until it goes, its session ends or the console stops.

import type { LiveEvent, openLive } from "../../contracts/live.ts";
import { ApiError, type Context, type Service } from "../context.ts";
import { Mailbox } from "./mailbox.ts";

const HEARTBEAT_MS = 15_000;
/** Events of so long travel together. */
const PACE_MS = 60;
/** Beats a browser may leave unread before it counts as gone. */
const MAX_UNREAD_BEATS = 4;
const MAX_STREAMS = 500;

/** Times in ms; tests make them short. */
export interface StreamOptions {
  readonly heartbeatMs?: number;
}

export const streamEvents: Service<typeof openLive> = async (context) => liveResponse(context);

export function liveResponse(context: Context, { heartbeatMs = HEARTBEAT_MS }: StreamOptions = {}): Response {
  const { runtime, actor, signal } = context;
  if (runtime.live.listeners >= MAX_STREAMS)
    throw new ApiError("RATE_LIMITED", "Too many browsers listen already.", { retryAfter: 30 });

  const mailbox = new Mailbox();
  const cleanups: (() => void)[] = [];
  let unreadBeats = 0;
  let flush = () => {};
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const close = () => {
        if (cleanups.length === 0) return;
        for (const cleanup of cleanups.splice(0)) cleanup();
        controller.close();
      };
      const send = (text: string) => controller.enqueue(new TextEncoder().encode(text));
      const isRead = () => (controller.desiredSize ?? 0) > 0;
      flush = () => {
        if (cleanups.length > 0 && !mailbox.isEmpty && isRead()) send(mailbox.take().map(format).join(""));
      };
      const sayBye = (because: string) => {
        send([...mailbox.take(), { kind: "bye", at: Date.now(), because } as const].map(format).join(""));
        close();
      };
      const beat = () => {
        if (!actor.isCurrent()) return sayBye("Your access was changed; sign in again.");
        unreadBeats = isRead() ? 0 : unreadBeats + 1;
        if (unreadBeats > MAX_UNREAD_BEATS) return close();
        if (isRead()) send(": beat\n\n");
      };

      send(`retry: 2000\n\n${format({ kind: "hello", at: Date.now(), link: runtime.connections.link })}`);
      cleanups.push(every(heartbeatMs, beat), every(PACE_MS, flush));
      cleanups.push(runtime.live.subscribe((event) => mailbox.put(event), close));
      if (actor.until !== null)
        cleanups.push(after(actor.until - Date.now(), () => sayBye("Your session ended; sign in again.")));
      signal.addEventListener("abort", close, { once: true });
      cleanups.push(() => signal.removeEventListener("abort", close));
      if (signal.aborted) close();
    },
    pull: () => flush(),
    cancel() {
      for (const cleanup of cleanups.splice(0)) cleanup();
    },
  });
  return new Response(stream, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      // no-transform also keeps compression away, which would hold events back.
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    },
  });
}

function format(event: LiveEvent): string {
  return `event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
}

function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms);
  return () => clearInterval(timer);
}

function after(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}
