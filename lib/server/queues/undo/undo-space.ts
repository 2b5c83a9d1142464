// What was removed here and can be brought back, for an hour. A record is written before the removal, so that no removal
// is without one; it is bounded in size and number, the oldest dropped first.

import { randomUUID } from "node:crypto";
import type { QueueUndo } from "../../../contracts/queue-schedulers.ts";
import type { Keyspace } from "../../../core/keyspace.ts";
import type { Connections } from "../../../core/redis/connections.ts";

/** What is needed to bring it back: the hash of the job, or of the scheduler. */
export interface UndoRecord extends QueueUndo {
  readonly hash: Readonly<Record<string, string>>;
  /** Of a delayed job: when it was due; of a scheduler: when it would run next. */
  readonly dueAt: number | null;
  /** It was removed, so that one of its id is another; else it was changed. */
  readonly isGone: boolean;
}

export interface QueueUndoSpace {
  /** null when it is too large to keep. */
  keep(record: Omit<UndoRecord, "id" | "at" | "until">): Promise<string | null>;
  find(id: string): Promise<UndoRecord | null>;
  drop(id: string): Promise<void>;
  /** Newest first. */
  list(): Promise<QueueUndo[]>;
}

const KEPT_MS = 3_600_000;
const MOST_RECORDS = 100;

interface Parts {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  readonly maxBytes: number;
}

export function createQueueUndo({ connections, keyspace, maxBytes }: Parts): QueueUndoSpace {
  const index = keyspace.own("queue-undo");
  const keyOf = (id: string) => keyspace.own("queue-undo", id);

  async function drop(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await Promise.all([
      connections.call("ZREM", index, ...ids),
      ...ids.map((id) => connections.call("UNLINK", keyOf(id))),
    ]);
  }

  /** Drops the oldest until what is left, newest first, is within the bounds. */
  async function makeRoom(): Promise<void> {
    const ids = (await connections.call("ZREVRANGE", index, 0, -1)) as string[];
    const sizes = await Promise.all(ids.map(async (id) => Number(await connections.call("STRLEN", keyOf(id)))));
    let bytes = 0;
    await drop(
      ids.filter((_, at) => {
        bytes += sizes[at]!;
        return sizes[at] === 0 || at >= MOST_RECORDS || bytes > maxBytes;
      }),
    );
  }

  async function read(id: string): Promise<UndoRecord | null> {
    const text = (await connections.call("GET", keyOf(id))) as string | null;
    return text === null ? null : (JSON.parse(text) as UndoRecord);
  }

  return {
    async keep(given) {
      const id = randomUUID();
      const at = Date.now();
      const text = JSON.stringify({ ...given, id, at, until: at + KEPT_MS } satisfies UndoRecord);
      if (Buffer.byteLength(text) > maxBytes) return null;
      await connections.call("SET", keyOf(id), text, "PX", KEPT_MS);
      await connections.call("ZADD", index, at, id);
      await connections.call("PEXPIRE", index, KEPT_MS);
      await makeRoom();
      return id;
    },
    find: read,
    drop: (id) => drop([id]),
    async list() {
      const ids = (await connections.call("ZREVRANGE", index, 0, MOST_RECORDS - 1)) as string[];
      const records = await Promise.all(ids.map(read));
      return records.filter((record) => record !== null).map(({ hash: _, dueAt: __, isGone: ___, ...entry }) => entry);
    },
  };
}
