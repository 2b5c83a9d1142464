// The one connection that listens. It opens with the first subscription, because most consoles and scripts never listen,
// and resubscribes by itself. While it is away the link is `degraded`: commands work, news is late.

import type { Redis, RedisOptions } from "ioredis";
import { type Link, watchSilence } from "./link.ts";

type Listener = (message: Buffer) => void;

/** `idle` until somebody listens; `away` while the connection is lost, or was refused at its first try. */
export type SubscriberState = "idle" | "ready" | "away";

/** A subscriber made by {@link createSubscriber}. */
export interface Subscriber {
  readonly state: SubscriberState;
  subscribe(channel: string, listener: Listener): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/**
 * @param options.connect opens a further connection; RESP2, because a subscribed RESP2 connection can do nothing else
 *                        by mistake and pushes arrive the same way on every server
 */
export function createSubscriber(options: {
  connect(overrides: Partial<RedisOptions>): Promise<Redis>;
  silenceMs: number;
  link: Link;
}): Subscriber {
  const { connect, silenceMs, link } = options;
  const listeners = new Map<string, Set<Listener>>();
  let connection: Promise<Redis> | undefined;
  let state: SubscriberState = "idle";
  let stopWatching = () => {};

  async function open(): Promise<Redis> {
    const redis = await connect({
      protocol: 2,
      enableOfflineQueue: true,
      maxRetriesPerRequest: null,
      autoResubscribe: true,
    });
    redis.on("messageBuffer", (channel: Buffer, message: Buffer) => {
      for (const listener of listeners.get(channel.toString()) ?? []) listener(message);
    });
    const away = (reason: string) => {
      state = "away";
      if (link.status.state === "ready") link.set("degraded", `subscriber: ${reason}`);
    };
    redis.on("close", () => away("the connection was closed"));
    redis.on("ready", () => {
      state = "ready";
      if (link.status.state === "degraded") link.set("ready");
    });
    state = "ready";
    stopWatching = watchSilence(redis, silenceMs, () => away(`no reply for ${silenceMs / 1_000} s`));
    return redis;
  }

  return {
    get state() {
      return state;
    },
    async subscribe(channel, listener) {
      connection ??= open().catch((error: unknown) => {
        connection = undefined;
        state = "away";
        throw error;
      });
      const redis = await connection;
      const existing = listeners.get(channel);
      if (existing) existing.add(listener);
      else {
        listeners.set(channel, new Set([listener]));
        await redis.subscribe(channel);
      }
      return async () => {
        const set = listeners.get(channel);
        set?.delete(listener);
        if (set?.size === 0) {
          listeners.delete(channel);
          await redis.unsubscribe(channel).catch(() => {});
        }
      };
    },
    async close() {
      stopWatching();
      listeners.clear();
      (await connection?.catch(() => undefined))?.disconnect();
    },
  };
}
