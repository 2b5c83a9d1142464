import { describe, expect, it } from "vitest";
import { type LiveEvent, liveEvent } from "../../contracts/live.ts";
import { useApi } from "../../testing/api.ts";
import { useRedis } from "../../testing/redis.ts";
import type { Actor, Context } from "../context.ts";
import { liveResponse } from "./live-stream.ts";
import { MAX_PENDING_KEYS, Mailbox } from "./mailbox.ts";

const redis = useRedis();
const api = useApi(redis);

function listen(actor: Partial<Actor> = {}) {
  const leaving = new AbortController();
  const context: Context = {
    runtime: api.runtime,
    signal: leaving.signal,
    actor: { name: "v", role: "viewer", via: "session", address: "", until: null, isCurrent: () => true, ...actor },
  };
  const response = liveResponse(context, { heartbeatMs: 30 });
  const reader = response.body!.getReader();
  const events: LiveEvent[] = [];
  let text = "";
  let ended = false;
  const reading = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += new TextDecoder().decode(value);
      for (const [, data] of new TextDecoder().decode(value).matchAll(/^data: (.*)$/gm))
        events.push(liveEvent.parse(JSON.parse(data ?? "")));
    }
    ended = true;
  })();
  return { response, events, leaving, reading, text: () => text, ended: () => ended };
}

const keys = (...names: string[]) => ({ kind: "keys", keys: names, by: null, all: false }) as const;

describe("the live stream", () => {
  it("greets with the state of the link, then tells what happens", async () => {
    const { response, events, leaving } = listen();
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    api.runtime.live.publish({ kind: "census" });
    await expect.poll(() => events.map(({ kind }) => kind)).toContain("census");
    expect(events[0]?.kind).toBe("hello");
    expect(events[0]).toMatchObject({ link: { state: "ready" } });
    leaving.abort();
  });

  it("sends changed keys of one moment together, each once", async () => {
    const { events, leaving } = listen();
    for (let times = 0; times < 50; times++) api.runtime.live.publish(keys("YQ", "Yg"));
    await expect.poll(() => events.filter(({ kind }) => kind === "keys")).toMatchObject([{ keys: ["YQ", "Yg"] }]);
    leaving.abort();
  });

  it("tells a newcomer whether changes by others are seen", async () => {
    const first = listen();
    const states = (events: readonly LiveEvent[]) => events.filter(({ kind }) => kind === "feed");
    await expect.poll(() => states(first.events)).toMatchObject([{ live: true }]);
    const second = listen();
    await expect.poll(() => states(second.events)).toMatchObject([{ live: true }]);
    expect(second.events.map(({ kind }) => kind).slice(0, 2)).toEqual(["hello", "feed"]);
    first.leaving.abort();
    second.leaving.abort();
  });

  it("says bye when the session ends, and when access is taken away", async () => {
    const expiring = listen({ until: Date.now() + 50 });
    const removed = listen({ isCurrent: () => false });
    await Promise.all([expiring.reading, removed.reading]);
    for (const { events } of [expiring, removed]) expect(events.at(-1)?.kind).toBe("bye");
    expect(api.runtime.live.listeners).toBe(0);
  });

  it("ends without bye when the console stops, so that browsers come back", async () => {
    const { events, reading } = listen();
    api.runtime.live.close();
    await reading;
    expect(events.map(({ kind }) => kind)).toEqual(["hello"]);
  });

  it("leaves nothing behind when the browser goes", async () => {
    const { leaving, reading } = listen();
    expect(api.runtime.live.listeners).toBe(1);
    leaving.abort();
    await reading;
    expect(api.runtime.live.listeners).toBe(0);
  });

  it("beats, so that proxies and dead peers show", async () => {
    const { text, leaving } = listen();
    await expect.poll(text).toContain(": beat");
    leaving.abort();
  });

  it("drops a browser that reads nothing", async () => {
    const context: Context = {
      runtime: api.runtime,
      signal: new AbortController().signal,
      actor: { name: "v", role: "viewer", via: "token", address: "", until: null, isCurrent: () => true },
    };
    liveResponse(context, { heartbeatMs: 10 });
    await expect.poll(() => api.runtime.live.listeners).toBe(0);
  });
});

describe("a mailbox", () => {
  const put = (mailbox: Mailbox, count: number, by: string | null = null) => {
    for (let index = 0; index < count; index++)
      mailbox.put({ kind: "keys", at: index, keys: [`k${index}`], by, all: false });
  };

  it("never holds more keys than its bound: then the page refetches", () => {
    const mailbox = new Mailbox();
    put(mailbox, MAX_PENDING_KEYS + 1);
    put(mailbox, 10_000);
    expect(mailbox.take()).toMatchObject([{ kind: "keys", keys: [], all: true }]);
    expect(mailbox.isEmpty).toBe(true);
  });

  it("keeps apart who changed what", () => {
    const mailbox = new Mailbox();
    put(mailbox, 2, "olga");
    put(mailbox, 1);
    expect(mailbox.take()).toMatchObject([
      { by: "olga", keys: ["k0", "k1"] },
      { by: null, keys: ["k0"] },
    ]);
  });

  it("keeps only the latest of what is a state", () => {
    const mailbox = new Mailbox();
    for (let at = 0; at < 9; at++) mailbox.put({ kind: "audit", at });
    expect(mailbox.take()).toEqual([{ kind: "audit", at: 8 }]);
  });
});
