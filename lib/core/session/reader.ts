// Looks at the sessions of a namespace: by the index, never by a walk. Reading prolongs nothing and keeps no copy.

import { InvalidInput, SessionUnreadable } from "../errors.ts";
import type { Keyspace } from "../keyspace.ts";
import type { ScriptClient } from "../redis/scripts.ts";
import { bookKeys, listScript, sinceScript, userBooks } from "./scripts.ts";
import { compareEntries, isEntry, kindOf } from "./session-invalidation.ts";
import { checkId, checkUser, timeOf } from "./session-record.ts";
import type { DropState, SessionInvalidation, SessionReader, SessionSummary } from "./types.ts";

const MAX_LIMIT = 200;
const HEAD = /^\{"v":(\d+),"expires_at":"[^"]*","created_at":"([^"]*)"/;
/** Between what an instance knows when it composes its heartbeat and the moment Redis has it: a command's timeout. */
const TOLD_WITHIN_MS = 2_000;

type Row = [id: string, seen: string, leftMs: number, bytes: number, head: string, owner: string];

/** Where the next page begins: sessions seen at most at `seen`, without the first `skip` of that very moment. */
interface Cursor {
  readonly user: string;
  readonly seen: string;
  readonly skip: number;
}

export function createSessionReader(options: { connections: ScriptClient; keyspace: Keyspace }): SessionReader {
  const { connections, keyspace } = options;
  const books = bookKeys(keyspace);
  const [, seenBook = "", ownersBook = ""] = books;

  async function read(user: string, { seen, skip }: Pick<Cursor, "seen" | "skip">, limit: number) {
    const book = user === "" ? "" : userBooks(keyspace) + user;
    const args = [...books, keyspace.session(""), book, seen, skip, limit];
    return (await listScript.run(connections, args)) as [at: number, total: number, rows: Row[]];
  }

  async function find(id: string) {
    const key = keyspace.session(checkId(id));
    const [value, left, time, owner, seen] = await Promise.all([
      connections.callBuffer("GET", key).catch(asUnreadable) as Promise<Buffer | null>,
      connections.call("PTTL", key) as Promise<number>,
      connections.call("TIME") as Promise<[string, string]>,
      connections.call("HGET", ownersBook, id) as Promise<string | null>,
      connections.call("ZSCORE", seenBook, id) as Promise<string | null>,
    ]);
    if (value === null || left === -2) return null;
    const head = value.subarray(0, 128).toString();
    const at = Number(time[0]) * 1_000 + Math.floor(Number(time[1]) / 1_000);
    return { ...summaryOf([id, seen ?? "", left, value.length, head, owner ?? ""]), value, at };
  }

  return {
    async list({ user, cursor, limit = 50 } = {}) {
      if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
        throw new InvalidInput(`Expected \`limit\` to be an integer from 1 to ${MAX_LIMIT}, got ${limit}`);
      const name = checkUser(user) ?? "";
      const from = cursor === undefined ? { seen: "+inf", skip: 0 } : readCursor(cursor, name);
      const [at, total, rows] = await read(name, from, limit);
      const last = rows.at(-1)?.[1] ?? "";
      const ofLast = rows.filter(([, seen]) => seen === last).length + (from.seen === last ? from.skip : 0);
      return {
        sessions: rows.filter(([, , left]) => left !== -2).map(summaryOf),
        cursor: rows.length < limit ? null : writeCursor({ user: name, seen: last, skip: ofLast }),
        total,
        at,
      };
    },
    find,
    async count(user) {
      const [, total] = await read(checkUser(user) ?? "", { seen: "-inf", skip: 0 }, 1);
      return total;
    },
    async invalidations(after = "0-0", limit = 100) {
      if (!isEntry(after)) throw new InvalidInput("Expected the id of an invalidation, <ms>-<n>");
      if (!Number.isInteger(limit) || limit < 1) throw new InvalidInput("Expected `limit` to be an integer ≥ 1");
      const [, , found] = (await sinceScript.run(connections, [...books, after, limit])) as [
        number,
        string,
        string[][],
      ];
      return found.flatMap(([type = "", sessionId = "", nodeId = "", entry = ""]): SessionInvalidation[] => {
        const kind = kindOf(type);
        return kind ? [{ entry, type: kind, sessionId, nodeId }] : [];
      });
    },
    dropState,
  };
}

function dropState(entry: string, manifest: unknown, saidAt: number): DropState {
  if (typeof manifest !== "object" || manifest === null) return "unproven";
  const { mode, armed, cursor, ttlMs } = manifest as Record<string, unknown>;
  const saidAfterMs = saidAt - Number.parseInt(entry, 10);
  // Whoever said it before cannot have known of the entry: messages that lie can put a cursor anywhere.
  if (saidAfterMs >= 0 && isEntry(cursor) && compareEntries(cursor, entry) >= 0) return "dropped";
  if (mode === "off") return saidAfterMs > 0 ? "reads-redis" : "unproven";
  if (mode === "ttl" && typeof ttlMs === "number") return saidAfterMs > ttlMs + TOLD_WITHIN_MS ? "dropped" : "unproven";
  return armed === false && saidAfterMs > TOLD_WITHIN_MS ? "reads-redis" : "unproven";
}

function summaryOf([id, seen, ttlMs, bytes, head, owner]: Row): SessionSummary {
  const [, version, createdAt] = HEAD.exec(head) ?? [];
  const [, lifetime, user] = /^(\d+)(?::(.*))?$/s.exec(owner) ?? [];
  return {
    id,
    user: user ?? null,
    createdAt: timeOf(createdAt),
    lastSeenAt: seen === "" ? null : Number(seen),
    ttlMs,
    lifetimeMs: lifetime === undefined || lifetime === "0" ? null : Number(lifetime),
    version: version === undefined ? null : Number(version),
    bytes,
  };
}

function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.user, cursor.seen, cursor.skip])).toString("base64url");
}

/** @throws {InvalidInput} */
function readCursor(text: string, user: string): Cursor {
  try {
    const cursor: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    if (Array.isArray(cursor)) {
      const [owner, seen, skip] = cursor as unknown[];
      const isSound = typeof seen === "string" && /^\d{1,20}$/.test(seen) && Number.isSafeInteger(skip);
      if (isSound && owner === user) return { user, seen, skip: Number(skip) };
    }
  } catch {
    // falls through: it is no cursor of ours
  }
  throw new InvalidInput("Expected `cursor` to be one of the previous page of the same query");
}

/** A key that is no string is no session, and nothing is wrong with Redis. */
export function asUnreadable(error: unknown): never {
  if (error instanceof Error && error.message.includes("WRONGTYPE"))
    throw new SessionUnreadable("its key holds no string", { cause: error });
  throw error;
}
