// Wires the parts of the noun "queues" that live as long as the console.

import type { Keyspace } from "../../core/keyspace.ts";
import type { Connections } from "../../core/redis/connections.ts";
import type { Config } from "../config.ts";
import type { LiveNews } from "../live/live.ts";
import { createQueueBulk, type QueueBulk } from "./bulk/runner.ts";
import { type Bullmq, createBullmq } from "./bullmq.ts";
import { createEventWatch, type EventWatch } from "./event-watch.ts";
import { createFailureKeeper, type FailureKeeper } from "./failures/keeper.ts";
import { createQueueKeeper, type QueueKeeper } from "./list/keeper.ts";
import { createQueueUndo, type QueueUndoSpace } from "./undo/undo-space.ts";

export interface Queues {
  readonly bullmq: Bullmq;
  readonly keeper: QueueKeeper;
  readonly failures: FailureKeeper;
  readonly events: EventWatch;
  readonly bulk: QueueBulk;
  readonly undo: QueueUndoSpace;
  isReadOnly(queue: string): boolean;
  close(): Promise<void>;
}

interface Parts {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  readonly config: Config;
  readonly publish: (news: LiveNews) => void;
  /** Since when (performance.now) every change is heard of; null while it is not. */
  readonly followingSince: () => number | null;
  /** Whether more changes than are followed. */
  readonly isFlooded: () => boolean;
  /** Whether anybody listens to what is published. */
  readonly isWatched: () => boolean;
}

export function createQueues(parts: Parts): Queues {
  const { connections, keyspace, config, publish } = parts;
  const bullmq = createBullmq({ connections, keyspace });
  const isReadOnly = createReadOnly(config.readOnlyQueues);
  const keeper = createQueueKeeper({ ...parts, bullmq, isReadOnly });
  const failures = createFailureKeeper({ connections, config, bullmq, tell: keeper.changed });
  const events = createEventWatch({ connections, keyspace, config, publish });
  const bulk = createQueueBulk({ connections, config, bullmq, isReadOnly, tell: keeper.changed });
  const undo = createQueueUndo({ connections, keyspace, maxBytes: config.undo.maxBytes });
  return {
    ...{ bullmq, keeper, failures, events, bulk, undo, isReadOnly },
    async close() {
      keeper.close();
      failures.close();
      await Promise.all([events.close(), bulk.close()]);
    },
  };
}

/** Names, where `*` stands for any text. */
function createReadOnly(patterns: readonly string[]): (queue: string) => boolean {
  const escaped = patterns.map((pattern) => pattern.split("*").map(escapeText).join(".*"));
  const matcher = new RegExp(`^(?:${escaped.join("|")})$`, "s");
  return (queue) => patterns.length > 0 && matcher.test(queue);
}

function escapeText(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
