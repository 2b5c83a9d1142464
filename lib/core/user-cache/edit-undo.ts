// The undo space seen from the application: which acts of the last hour can be undone, and undoing them. How it is kept
// in Redis is at the head of edit-undo.lua.

import { setTimeout as sleep } from "node:timers/promises";
import type { Keyspace } from "../keyspace.ts";
import type { ScriptClient } from "../redis/scripts.ts";
import { restoreScript, undoRoomScript } from "./edit-scripts.ts";

/** How long an act can be undone, in ms. */
export const UNDO_LIFETIME_MS = 3_600_000;
/** Keys restored, or images dropped, by one script call. */
const BATCH = 50;
/** The newest acts are listed, no more. */
const MOST_LISTED = 500;
/** Items of one key in a record's list, see edit-undo.lua. */
const ENTRY_ITEMS = 5;

/** One act that can be undone. Times are ms since the epoch. */
export interface UndoRecord {
  readonly id: string;
  readonly at: number;
  readonly until: number;
  readonly by: string;
  readonly action: string;
  /** Full name of the (first) key. */
  readonly key: Buffer;
  /** Keys it would still restore. */
  readonly count: number;
  /** Bytes of the values it replaced. */
  readonly bytes: number;
}

/**
 * Why a key was left alone. conflict: changed since · lock-held · over-quota: no room for its old value (these three may
 * be tried again) · expired: its old expiry is over · gone: its before-image is lost.
 */
export type RestoreRefusal = "conflict" | "lock-held" | "over-quota" | "expired" | "gone";

/** What an undo did, key by key. */
export interface Restored {
  readonly restored: readonly Buffer[];
  readonly skipped: readonly { readonly key: Buffer; readonly because: RestoreRefusal }[];
}

/** The acts of the last hour. */
export interface UndoSpace {
  /** The most it holds, in bytes; above, the oldest acts are dropped. */
  readonly maxBytes: number;
  /** The newest acts that can be undone, newest first (at most 500), and the bytes the space holds. */
  list(): Promise<{ records: UndoRecord[]; bytes: number }>;
  /** One act; null when it is unknown, undone, or its hour is over. */
  find(id: string): Promise<UndoRecord | null>;
  /**
   * Puts back what an act changed where nobody changed it since, batch by batch, never evicting for it.
   * @param options.limitBytes the cluster's quota; 0 unlimited, null unknown (not checked)
   * @returns null when there is no such act
   */
  restore(id: string, options: { limitBytes: number | null }): Promise<Restored | null>;
  /** Drops the oldest acts but `stays` until `bytes` fit; false when they never will. */
  makeRoom(bytes: number, stays: string): Promise<boolean>;
  /** Names a script needs: its KEYS, and what it puts before record names. */
  readonly keys: readonly [index: string, bytes: string];
  readonly prefix: string;
}

interface Parts {
  readonly store: ScriptClient;
  readonly keyspace: Keyspace;
  /** The names of the books, in the order of accounting.lua. */
  readonly books: readonly string[];
  readonly maxBytes: number;
}

/** Opens the undo space of one namespace; `maxBytes` 0 keeps nothing. @throws as the editor */
export function createUndoSpace({ store, keyspace, books, maxBytes }: Parts): UndoSpace {
  const prefix = keyspace.own("undo", "act", "");
  const keys = [keyspace.own("undo", "index"), keyspace.own("undo", "bytes")] as const;

  /** A record lives as long as its key: no clock but Redis' own decides. */
  async function find(id: string): Promise<UndoRecord | null> {
    const record = prefix + id;
    const [fields, leftMs, items] = await Promise.all([
      store.callBuffer("HMGET", record, "at", "by", "action", "key", "bytes") as Promise<(Buffer | null)[]>,
      store.call("PTTL", record),
      store.call("LLEN", `${record}:entries`),
    ]);
    const [at, by, action, key, bytes] = fields;
    if (!at || !key) return null;
    return {
      id,
      at: Number(at),
      until: Date.now() + Number(leftMs),
      by: String(by),
      action: String(action),
      key,
      count: Number(items) / ENTRY_ITEMS,
      bytes: Number(bytes),
    };
  }

  return {
    maxBytes,
    keys,
    prefix,
    find,
    async list() {
      const ids = (await store.call("ZREVRANGE", keys[0], 0, MOST_LISTED - 1)) as string[];
      const records = await Promise.all(ids.map(find));
      const bytes = Number((await store.call("HGET", keys[1], "total")) ?? 0);
      return { records: records.filter((record) => record !== null), bytes };
    },
    async restore(id, { limitBytes }) {
      const record = await find(id);
      if (!record) return null;
      const outcomes: { key: Buffer; because: string }[] = [];
      for (let left = record.count; left > 0; left -= BATCH) {
        const batch = Math.min(BATCH, left);
        const startedAt = performance.now();
        const reply = await restoreScript.run(store, [...books, ...keys, prefix, id, batch, limitBytes ?? ""], {
          buffers: true,
        });
        const pairs = reply as Buffer[];
        for (let at = 0; at < pairs.length; at += 2) outcomes.push({ key: pairs[at]!, because: String(pairs[at + 1]) });
        // Half the time is everybody else's.
        if (left > BATCH) await sleep(performance.now() - startedAt);
      }
      return {
        restored: outcomes.filter(({ because }) => because === "restored").map(({ key }) => key),
        skipped: outcomes.filter((outcome): outcome is Restored["skipped"][number] => outcome.because !== "restored"),
      };
    },
    async makeRoom(bytes, stays) {
      for (;;) {
        const answer = await undoRoomScript.run(store, [...books, ...keys, prefix, maxBytes, bytes, stays, BATCH]);
        if (answer !== 0) return answer === 1;
      }
    },
  };
}
