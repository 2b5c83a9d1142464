// Listens to everything that is said about reloading in a namespace, ours and foreign, and counts who heard it.

import type { Keyspace } from "../keyspace.ts";
import type { Connections } from "../redis/connections.ts";
import { parseAnswer } from "./answers.ts";
import type { InvalidationMap } from "./invalidation-map.ts";
import { reloadKeys } from "./scripts.ts";
import { channelBook, hear } from "./signal.ts";
import type { TailEvent } from "./types.ts";

/** Options of {@link createTail}. */
export interface TailOptions {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  readonly map: InvalidationMap;
  /** Channel → subscribers on all nodes. */
  readonly count: (channels: readonly string[]) => Promise<ReadonlyMap<string, number>>;
}

/** @returns what {@link ReloadReader.tail} does */
export function createTail({ connections, keyspace, map, count }: TailOptions) {
  const keys = reloadKeys(keyspace);
  /** Listeners of one connection share its subscription, so Redis counts this reader once. */
  let listening = 0;

  async function tellSignal(
    listener: (event: TailEvent) => void,
    channel: string,
    cache: string | null,
    bytes: Buffer,
  ) {
    const heardAt = Date.now();
    const heard = hear(bytes, cache, map);
    if (heard.kind === "malformed") {
      const excerpt = bytes.subarray(0, 200).toString();
      return listener({ type: "malformed", channel, problem: heard.problem, excerpt });
    }
    const { publisher, timestamp, caches, table, generation } = heard.signal;
    const counted = await count([channel]).catch(() => undefined);
    const receivers = counted === undefined ? null : Math.max(0, (counted.get(channel) ?? 0) - Math.min(1, listening));
    listener({ type: "signal", heardAt, channel, publisher, timestamp, caches, table, generation, receivers });
  }

  return async (listener: (event: TailEvent) => void): Promise<() => Promise<void>> => {
    const stops: (() => Promise<void>)[] = [];
    const stopAll = async () => void (await Promise.all(stops.splice(0).map((stop) => stop())));
    listening += 1;
    try {
      const channels = channelBook(keyspace, new Map()).all();
      for (const [channel, cache] of channels)
        stops.push(await connections.subscribe(channel, (bytes) => void tellSignal(listener, channel, cache, bytes)));
      stops.push(
        await connections.subscribe(keys.news, (bytes) => {
          const answer = parseAnswer(bytes.toString());
          if (answer !== undefined) listener({ type: "answer", answer });
        }),
      );
    } catch (error) {
      listening -= 1;
      await stopAll();
      throw error;
    }
    const stopResumed = connections.onResumed(() => listener({ type: "gap" }));
    let isStopped = false;
    return async () => {
      if (isStopped) return;
      isStopped = true;
      listening -= 1;
      stopResumed();
      await stopAll();
    };
  };
}
