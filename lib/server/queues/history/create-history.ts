// The history of queues, as long as the console runs: who reads it, and who writes it down.

import type { Keyspace } from "../../../core/keyspace.ts";
import type { Connections } from "../../../core/redis/connections.ts";
import type { Queues } from "../create-queues.ts";
import { createHistoryReader, type HistoryReader } from "./reader.ts";
import { createRecorder, type Recorder } from "./recorder.ts";

export interface QueueHistories extends HistoryReader {
  readonly recorder: Recorder;
}

export function createQueueHistories(parts: {
  connections: Connections;
  keyspace: Keyspace;
  queues: Pick<Queues, "bullmq" | "keeper">;
}): QueueHistories {
  const { connections, keyspace, queues } = parts;
  return { ...createHistoryReader(parts), recorder: createRecorder({ connections, keyspace, ...queues }) };
}
