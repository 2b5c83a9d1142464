// The one connection that listens. It opens with the first subscription, because most consoles and scripts never listen,
// and resubscribes by itself. While it is away the link is `degraded`: commands work, news is late.

import type { Redis, RedisOptions } from "ioredis";
import { type Link, watchSilence } from "./link.ts";
import { redialWhenEnded } from "./redial.ts";
import { describeError } from "./store-error.ts";

type Listener = (message: Buffer) => void;

/** A link on which nothing is heard may be asked seldom: what is missed is found by looking again, not by listening. */
const PING_MS = 2_500;
/** After Redis refused, or did not answer, a subscription that was there before. */
const RETRY_MS = 500;

/** `idle` until somebody listens; `away` while the connection is lost, or was refused at its first try. */
export type SubscriberState = "idle" | "ready" | "away";

/** A subscriber made by {@link createSubscriber}. */
export interface Subscriber {
  readonly state: SubscriberState;
  subscribe(channel: string, listener: Listener): Promise<() => Promise<void>>;
  /** Told after each break, once every subscription holds again: what was said meanwhile was not heard. */
  onResumed(listener: () => void): () => void;
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
  const confirmations = new Map<string, Promise<unknown>>();
  const resumed = new Set<() => void>();
  let connection: Promise<Redis> | undefined;
  let state: SubscriberState = "idle";
  let retry: NodeJS.Timeout | undefined;
  let stopWatching = () => {};
  let closed = false;

  async function open(): Promise<Redis> {
    const redis = await connect({
      protocol: 2,
      enableOfflineQueue: true,
      maxRetriesPerRequest: null,
      // ioredis would subscribe again by itself, and end the process when Redis refuses or does not answer: nobody
      // catches that failure. So we do.
      autoResubscribe: false,
    });
    redialWhenEnded(redis, () => closed);
    redis.on("messageBuffer", (channel: Buffer, message: Buffer) => {
      for (const listener of listeners.get(channel.toString()) ?? []) listener(message);
    });
    const away = (reason: string) => {
      state = "away";
      const { state: linkState, reason: known } = link.status;
      if (linkState === "ready" || (linkState === "degraded" && known?.startsWith("subscriber:")))
        link.set("degraded", `subscriber: ${reason}`);
    };
    redis.on("close", () => away("the connection was closed"));
    const resume = () => {
      state = "ready";
      if (link.status.state === "degraded") link.set("ready");
      for (const listener of resumed) listener();
    };
    const resubscribe = () => {
      clearTimeout(retry);
      if (redis.status !== "ready") return;
      const channels = [...listeners.keys()];
      (channels.length > 0 ? redis.subscribe(...channels) : redis.ping()).then(resume, (error: Error) => {
        away(describeError(error));
        retry = setTimeout(resubscribe, RETRY_MS).unref();
      });
    };
    redis.on("ready", resubscribe);
    state = "ready";
    const onSilent = () => away(`no reply for ${silenceMs / 1_000} s`);
    stopWatching = watchSilence(redis, silenceMs, onSilent, undefined, PING_MS);
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
      const set = listeners.get(channel) ?? new Set();
      listeners.set(channel, set.add(listener));
      const stop = async () => {
        if (!set.delete(listener) || set.size > 0 || listeners.get(channel) !== set) return;
        listeners.delete(channel);
        confirmations.delete(channel);
        await redis.unsubscribe(channel).catch(() => {});
      };
      const confirmation = confirmations.get(channel) ?? redis.subscribe(channel);
      confirmations.set(channel, confirmation);
      await confirmation.catch(async (error: unknown) => {
        await stop();
        throw error;
      });
      return stop;
    },
    onResumed(listener) {
      resumed.add(listener);
      return () => resumed.delete(listener);
    },
    async close() {
      closed = true;
      stopWatching();
      clearTimeout(retry);
      listeners.clear();
      resumed.clear();
      (await connection?.catch(() => undefined))?.disconnect();
    },
  };
}
