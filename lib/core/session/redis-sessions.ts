// Sessions in Redis, each operation one script: what the session store's functions are made of. Nothing is kept here.

import type { Keyspace } from "../keyspace.ts";
import type { Loaded } from "../local-cache/local-cache.ts";
import type { ScriptClient } from "../redis/scripts.ts";
import { asUnreadable } from "./reader.ts";
import {
  bookKeys,
  invalidationChannel,
  readScript,
  regenerateScript,
  touchScript,
  userBooks,
  writeScript,
} from "./scripts.ts";
import { encodeData, encodeIdentity, parseRecord, writtenSession } from "./session-record.ts";
import type { Session } from "./types.ts";

/** A write as the script takes it. */
export interface WriteSession {
  readonly id: string;
  readonly user: string | null;
  readonly data: unknown;
  /** The version its writer saw; new: there must be none; any: whatever there is. */
  readonly seen: number | "new" | "any";
  /** 0: the expiry stays. */
  readonly ttlMs: number;
}

/** Why nothing was written: the id exists · the session does not, any more · somebody else wrote since. */
export type NotWritten = "taken" | "gone" | "conflict";

type Reply =
  | readonly ["written", version: number, leftMs: number, createdAt: string, nowMs: number]
  | readonly [NotWritten];

/**
 * Ids and TTLs are checked by the caller.
 * @throws {StoreUnavailable} {StorePermission} (all), {SessionUnreadable} (read, write), {InvalidInput} {ValueTooLarge} (write)
 */
export function createRedisSessions(options: {
  connections: ScriptClient;
  keyspace: Keyspace;
  nodeId: string;
  maxBytes: number;
}) {
  const { connections, keyspace, nodeId, maxBytes } = options;
  const books = bookKeys(keyspace);
  const users = userBooks(keyspace);
  const announce = [invalidationChannel(keyspace), nodeId] as const;

  return {
    /** The session, the ms it has left and about how many bytes it takes in memory; null if there is none. */
    async read(id: string): Promise<Loaded<Session> | null> {
      const reply = await readScript.run(connections, [...books, keyspace.session(id)]).catch(asUnreadable);
      if (reply === null) return null;
      const [text, leftMs, version, nowMs] = reply as [string, number, number, number];
      return { value: parseRecord(id, text, { leftMs, version, nowMs }), leftMs, bytes: 2 * text.length };
    },

    async write({ id, user, data, seen, ttlMs }: WriteSession): Promise<Session | NotWritten> {
      const text = encodeData(data);
      const identity = encodeIdentity(id, user, text, maxBytes);
      const args = [id, identity, text, String(seen), ttlMs, user ?? "", users, keyspace.session(""), ...announce];
      const reply = await writeScript.run(connections, [...books, keyspace.session(id), ...args]).catch(asUnreadable);
      return sessionOf(id, user, text, reply as Reply);
    },

    /** Gives a session a new id, if it is still as it was read. */
    async move(old: Session, id: string): Promise<Session | NotWritten> {
      const text = encodeData(old.data);
      // A session that was too large before this instance said so may still sign in.
      const identity = encodeIdentity(id, old.user, text, Number.POSITIVE_INFINITY);
      const keys = [...books, keyspace.session(old.id), keyspace.session(id)];
      const args = [old.id, id, identity, text, String(old.version), old.user ?? "", users, keyspace.session("")];
      const reply = await regenerateScript.run(connections, [...keys, ...args, ...announce]);
      return sessionOf(id, old.user, text, reply as Reply);
    },

    /** @returns false if there is none */
    async touch(id: string, ttlMs: number): Promise<boolean> {
      const args = [id, ttlMs, users, ...announce];
      return (await touchScript.run(connections, [...books, keyspace.session(id), ...args])) === 1;
    },
  };
}

function sessionOf(id: string, user: string | null, text: string, reply: Reply): Session | NotWritten {
  if (reply[0] !== "written") return reply[0];
  const [, version, leftMs, createdAt, nowMs] = reply;
  return writtenSession(id, user, text, { version, leftMs, createdAt, nowMs });
}
