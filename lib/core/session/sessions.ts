// Sessions of a cluster: kept in Redis, read from a copy in memory as long as the copy is known to be true.
//
//   get ──copy?──▶ served (no Redis)          save ──▶ one script: version seen? ─▶ written, announced
//     └─▶ Redis, and copied if that is safe     └─conflict─▶ merge what both changed, or SESSION_CONFLICT
//
// Promises: what was ended is not served by anybody beyond the travel time of the news (3 s on a link that died
// unnoticed); a write that would undo another's is refused or merged; no expiry moves unless asked; no read answers
// "signed out" because Redis is away. Not promised: that a failover loses nothing, that foreign programs do the same.

import { randomBytes } from "node:crypto";
import { SessionConflict, StoreUnavailable } from "../errors.ts";
import type { Keyspace } from "../keyspace.ts";
import type { Coherence } from "../local-cache/coherence.ts";
import type { Connections } from "../redis/connections.ts";
import { checkTtl } from "../user-cache/limits.ts";
import { clearSessions } from "./clear-sessions.ts";
import { createExpressStore } from "./express-store.ts";
import { createFastifyStore } from "./fastify-store.ts";
import { createSessionReader } from "./reader.ts";
import { createRedisSessions, type NotWritten, type WriteSession } from "./redis-sessions.ts";
import { createSessionRevoker } from "./revoker.ts";
import { type CopyLimits, createSessionCopies } from "./session-copies.ts";
import { checkId, checkUser, mergeData } from "./session-record.ts";
import type { CreateSession, SaveSession, Session, SessionData, SessionManifest, SessionStats } from "./types.ts";
import type { WebSessions } from "./web-session.ts";

/** Options of {@link createSessions}. */
export interface SessionsOptions extends CopyLimits {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  /** Who writes, in announcements; one's own are ignored. */
  readonly nodeId: string;
  readonly coherence: Coherence;
  /** How long a session lives when nobody says. */
  readonly lifetimeMs: number;
  /** Largest session with all that belongs to it. */
  readonly maxSessionBytes: number;
  /** Somebody waits for this instance to say that it has applied something. */
  readonly onConfirm: () => void;
  /** Told of what is malformed and dropped. */
  readonly onProblem: (problem: string) => void;
}

/** Writers in a row that were faster; more is a fight that nobody wins. */
const MOST_TRIES = 8;
/** Sliding is left out while a session has more than this part of its TTL left: each one ends every copy. */
const SLIDE_BELOW = 0.9;

/** {@link Sessions} with what the adapters and the instance itself need. */
export interface SessionStore extends WebSessions {
  manifest(): SessionManifest;
}

/**
 * Opens the sessions of one namespace.
 * @see seed 004; scripts books.lua and following
 */
export function createSessions(options: SessionsOptions): SessionStore {
  const { connections, keyspace, nodeId, coherence, lifetimeMs, maxSessionBytes } = options;
  const stored = createRedisSessions({ connections, keyspace, nodeId, maxBytes: maxSessionBytes });
  const copies = createSessionCopies({ ...options, store: connections });
  const { cache } = copies;
  const revoker = createSessionRevoker({ connections, keyspace, nodeId });
  const reader = createSessionReader({ connections, keyspace });
  let staleReads = 0;

  async function readThrough<Data extends SessionData>(id: string): Promise<Session<Data> | null> {
    checkId(id);
    coherence.open();
    try {
      return (await cache.load(id, () => stored.read(id))) as Session<Data> | null;
    } catch (error) {
      const stale = error instanceof StoreUnavailable ? cache.stale(id) : null;
      if (!stale) throw error;
      staleReads++;
      return stale as Session<Data>;
    }
  }

  function write(session: WriteSession): Promise<Session | NotWritten> {
    return cache.write([session.id], () => stored.write(session));
  }

  async function saveWith(session: Session, changes: SaveSession, prefer: readonly string[]): Promise<Session | null> {
    const { id } = session;
    const ttlMs = changes.ttlMs === undefined ? 0 : checkTtl(changes.ttlMs);
    const user = changes.user === undefined ? session.user : checkUser(changes.user);
    let now = session;
    let data: unknown = changes.data ?? session.data;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const owner = changes.user === undefined ? now.user : user;
      const written = await write({ id: checkId(id), user: owner, data, seen: now.version, ttlMs });
      if (typeof written !== "string") return written;
      if (written === "gone") return null;
      if (changes.onConflict === "fail")
        throw new SessionConflict("The session was written by somebody else meanwhile");
      const theirs = await stored.read(id);
      if (!theirs) return null;
      now = theirs.value;
      data = merge(session, { data: changes.data, user: changes.user === undefined ? undefined : user }, now, prefer);
    }
    throw new SessionConflict("The session is written by others faster than this write can be applied");
  }

  async function touch(id: string, ttlMs: number): Promise<boolean> {
    checkTtl(ttlMs);
    return cache.write([checkId(id)], () => stored.touch(id, ttlMs));
  }

  async function regenerate<Data extends SessionData>(id: string): Promise<Session<Data> | null> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const old = (await stored.read(checkId(id)))?.value;
      if (!old) return null;
      const fresh = newId();
      const moved = await cache.write([id, fresh], () => stored.move(old, fresh));
      if (typeof moved !== "string") return moved as Session<Data>;
      if (moved === "gone") return null;
    }
    throw new SessionConflict("The session is written by others faster than it can be given a new id");
  }

  function stats(): SessionStats {
    const counts = cache.stats();
    const reads = counts.hits + counts.misses;
    const hitRate = reads === 0 ? 0 : counts.hits / reads;
    return { ...counts, hitRate, hit_rate: hitRate, savedReads: counts.hits, staleReads };
  }

  const store: SessionStore = {
    lifetimeMs,
    saveWith,
    touch: (id, ttlMs = lifetimeMs) => touch(id, ttlMs),
    regenerate,
    find: (query) => reader.list(query),
    stats,
    manifest: copies.manifest,

    async create<Data extends SessionData>(session: CreateSession<Data> = {}) {
      const { data = {}, user, ttlMs = lifetimeMs, id = newId() } = session;
      const fresh = { id: checkId(id), user: checkUser(user), data, seen: "new", ttlMs: checkTtl(ttlMs) } as const;
      const written = await write(fresh);
      if (typeof written === "string") throw new SessionConflict("A session with this id exists");
      return written as Session<Data>;
    },
    // Not async: a hit is answered without a frame of ours.
    get<Data extends SessionData>(id: string) {
      const copy = cache.get(id);
      return copy === undefined ? readThrough<Data>(id) : Promise.resolve(copy as Session<Data>);
    },
    save: <Data extends SessionData>(session: Session<Data>, changes: SaveSession<Data>) =>
      saveWith(session, changes, []) as Promise<Session<Data> | null>,
    async put(id, data, user, ttlMs) {
      const written = await write({
        id: checkId(id),
        user: checkUser(user),
        data,
        seen: "any",
        ttlMs: checkTtl(ttlMs),
      });
      if (typeof written === "string") throw new SessionConflict("The session could not be written");
      return written;
    },
    async slide(id, ttlMs) {
      const endsAt = cache.endsAt(id);
      const leftMs = endsAt === undefined ? 0 : endsAt - performance.now();
      return (leftMs >= ttlMs * SLIDE_BELOW && leftMs <= ttlMs) || touch(id, ttlMs);
    },
    destroy: (id, confirmation) => cache.write([id], () => revoker.destroy(id, confirmation)),
    async destroyByUser(user, confirmation) {
      try {
        return await revoker.destroyByUser(user, confirmation);
      } finally {
        cache.clear(); // which of the copies were this user's is known to Redis only
      }
    },
    async clear(confirmation) {
      try {
        return await clearSessions({ connections, keyspace, nodeId }, confirmation);
      } finally {
        cache.clear();
      }
    },
    resetStats() {
      cache.resetStats();
      staleReads = 0;
    },
    evict(id) {
      if (id === undefined) cache.clear();
      else cache.drop(id);
    },
    expressStore: (adapter) => createExpressStore(store, adapter),
    fastifyStore: (adapter) => createFastifyStore(store, adapter),
  };
  return store;
}

function merge(
  base: Session,
  mine: { readonly data: SessionData | undefined; readonly user: string | null | undefined },
  theirs: Session,
  prefer: readonly string[],
): SessionData {
  const isUserLost = mine.user !== undefined && theirs.user !== base.user && theirs.user !== mine.user;
  const result = mergeData(base.data, mine.data ?? base.data, theirs.data, prefer);
  const conflicts = [...("conflicts" in result ? result.conflicts : []), ...(isUserLost ? ["user"] : [])];
  if ("conflicts" in result || isUserLost)
    throw new SessionConflict("Somebody else changed the same part of the session meanwhile", conflicts);
  return result.merged;
}

function newId(): string {
  return randomBytes(32).toString("base64url");
}
