// What the session store gives and takes. Times are ms of Redis's own clock, lengths of time ms, sizes bytes.

import type { ExpressStore } from "./express-store.ts";
import type { FastifyStore } from "./fastify-store.ts";
import type { WebStoreOptions } from "./web-session.ts";

/** What an application keeps in a session: anything JSON can say, an object at the top. */
export type SessionData = Readonly<Record<string, unknown>>;

/** One session as it was when it was read. Frozen all through: several readers may share it. */
export interface Session<Data extends SessionData = SessionData> {
  readonly id: string;
  /** Whose it is, as the application named them; null when nobody's. */
  readonly user: string | null;
  readonly data: Data;
  /** null when a foreign program wrote it and did not say. */
  readonly createdAt: number | null;
  /** null: it never expires, which only a foreign program can have arranged. */
  readonly expiresAt: number | null;
  /** Names the state that was read: a `save` that saw another one is a conflict. Grows with each write of ours. */
  readonly version: number;
}

/** Options of {@link Sessions.create}. */
export interface CreateSession<Data extends SessionData = SessionData> {
  readonly data?: Data;
  /** Whose it is: sessions are found and revoked by it. @default nobody's */
  readonly user?: string | null;
  /** Integer ≥ 1. @default the store's `ttlMs` */
  readonly ttlMs?: number;
  /** @default 32 random bytes, base64url */
  readonly id?: string;
}

/** Options of {@link Sessions.save}. */
export interface SaveSession<Data extends SessionData = SessionData> {
  /** The whole new contents. @default unchanged */
  readonly data?: Data;
  /** @default unchanged */
  readonly user?: string | null;
  /** Only if given does the session expire at another time than before. */
  readonly ttlMs?: number;
  /**
   * What to do when somebody else wrote in the meantime. merge: apply this writer's changes, member by member of the
   * top level, to what is there now; two different changes of one member are a conflict. fail: always a conflict.
   * @default "merge"
   */
  readonly onConflict?: "merge" | "fail";
}

/** What a removal did. */
export interface Revocation {
  /** How many sessions were ended. */
  readonly destroyed: number;
  /** Its place in the stream of invalidations, `<ms>-<n>`: who has applied it serves none of them any more. */
  readonly entry: string;
}

/** Options of removals. */
export interface DestroyOptions {
  /** Asks every instance to confirm at once, and not with its next heartbeat. @default false */
  readonly confirm?: boolean;
}

/** Numbers of this instance since its start, or since `resetStats`. */
export interface SessionStats {
  /** Reads answered from memory; as many reads of Redis were saved. */
  readonly hits: number;
  readonly misses: number;
  /** Copies that made room for others. */
  readonly evictions: number;
  /** Copies held now. */
  readonly size: number;
  /** hits / (hits + misses); 0 before the first read. */
  readonly hitRate: number;
  /** The same under the name the seed documents. */
  readonly hit_rate: number;
  /** Reads of Redis that were not needed. */
  readonly savedReads: number;
  /** Copies dropped because somebody wrote or ended the session. */
  readonly invalidations: number;
  /** Reads answered with a copy that could not be confirmed, because Redis was away (`staleIfErrorMs`). */
  readonly staleReads: number;
}

/** One row of a list of sessions. */
export interface SessionSummary {
  readonly id: string;
  readonly user: string | null;
  readonly createdAt: number | null;
  /** When it was last created, saved, touched; null for what a foreign program wrote. */
  readonly lastSeenAt: number | null;
  /** -1: never expires. */
  readonly ttlMs: number;
  /** What its TTL was set to last; null for what a foreign program wrote. */
  readonly lifetimeMs: number | null;
  /** µs of its last write; null for what a foreign program wrote. */
  readonly version: number | null;
  readonly bytes: number;
}

/** Which sessions to list. */
export interface SessionQuery {
  /** Exactly this user's. @default everybody's */
  readonly user?: string | undefined;
  /** From the previous page; a cursor of another query is refused. */
  readonly cursor?: string | undefined;
  /** 1 to 200. @default 50 */
  readonly limit?: number | undefined;
}

/** A page of sessions, those seen last first. */
export interface SessionPage {
  readonly sessions: readonly SessionSummary[];
  /** null at the end. */
  readonly cursor: string | null;
  /** How many the index holds of what was asked for; sessions that vanished without a word may still be counted. */
  readonly total: number;
  /** Redis's time of the answer. */
  readonly at: number;
}

/** One stored session with its bytes, for who only looks: reading it prolongs nothing. */
export interface StoredSession extends SessionSummary {
  /** As it lies in Redis. */
  readonly value: Buffer;
  /** Redis's time of the answer. */
  readonly at: number;
}

/** One entry of the stream of invalidations. */
export interface SessionInvalidation {
  /** `<ms>-<n>`. */
  readonly entry: string;
  readonly type: "session_deleted" | "session_invalidated" | "cache_clear";
  readonly sessionId: string;
  /** Who wrote it. */
  readonly nodeId: string;
}

/** What an instance says about its sessions in its manifest, section `sessions`. */
export interface SessionManifest {
  /** tracking · versioned · ttl · off */
  readonly mode: string;
  /** Whether its copies are kept true now; while not, it reads Redis each time. */
  readonly armed: boolean;
  /** The last entry of the stream that it has applied; null while it is not armed. */
  readonly cursor: string | null;
  /** In mode ttl, how long a copy may be served without a look at Redis. */
  readonly ttlMs: number;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  readonly size: number;
  readonly invalidations: number;
}

/** Where an instance stands beside a removal: see {@link SessionReader.dropState}. */
export type DropState =
  /** It has applied the entry. */
  | "dropped"
  /** It holds no copies, so it had nothing to drop. */
  | "reads-redis"
  /** Nothing it said since proves it. */
  | "unproven";

/** Looks at the sessions of a namespace, and takes no part. */
export interface SessionReader {
  /** Sessions of the index. @throws {InvalidInput} for a limit or cursor that cannot be */
  list(query?: SessionQuery): Promise<SessionPage>;
  /** One session, whoever wrote it; null when there is none. */
  find(id: string): Promise<StoredSession | null>;
  /** How many sessions the index holds, of one user or of everybody. */
  count(user?: string): Promise<number>;
  /** What was invalidated after an entry (default: from the oldest kept on), oldest first, at most `limit` (100). */
  invalidations(after?: string, limit?: number): Promise<readonly SessionInvalidation[]>;
  /**
   * Whether an instance can still serve what the removal `entry` ended.
   * @param manifest its section `sessions`, unchecked; undefined when it has none
   * @param saidAt   when it said so (its last heartbeat), ms of Redis
   */
  dropState(entry: string, manifest: unknown, saidAt: number): DropState;
}

/** Ends sessions for who takes no part, such as a console. */
export interface SessionRevoker {
  /** @returns `destroyed` 0 when there was none; the entry is written all the same */
  destroy(id: string, options?: DestroyOptions): Promise<Revocation>;
  /** Ends all sessions the index holds of a user. */
  destroyByUser(user: string, options?: DestroyOptions): Promise<Revocation>;
}

/** Sessions of a cluster; made by `createCluster`, and by `createSessions`. */
export interface Sessions extends SessionRevoker {
  /**
   * Makes a session.
   * @throws {SessionConflict} if one with the given id exists; {@link TtlInvalid}; {@link ValueTooLarge};
   * {@link InvalidInput}. Nothing was written then
   */
  create<Data extends SessionData>(session?: CreateSession<Data>): Promise<Session<Data>>;

  /**
   * Reads a session: from memory while the copy is known to be true, else from Redis.
   * @returns null if there is none, or if it expired; never because Redis is away
   * @throws {StoreUnavailable} when Redis cannot be asked and no copy may be served; {@link SessionUnreadable}
   * @see seed 004 "Request Flow"
   */
  get<Data extends SessionData>(id: string): Promise<Session<Data> | null>;

  /**
   * Writes changes to a session that was read before, if nobody else wrote it since (see `onConflict`). Its expiry
   * stays, unless `ttlMs` is given.
   * @returns the session as it is now; null if it was ended or expired meanwhile, and then nothing was written
   * @throws {SessionConflict} {TtlInvalid} {ValueTooLarge}. Nothing was written then
   */
  save<Data extends SessionData>(session: Session<Data>, changes: SaveSession<Data>): Promise<Session<Data> | null>;

  /**
   * Lets a session live for `ttlMs` from now (default: the store's), whatever it had left.
   * @returns false if there is none
   */
  touch(id: string, ttlMs?: number): Promise<boolean>;

  /**
   * Gives a session a new id, as is due when somebody signs in; contents and expiry stay, the old id is gone.
   * @returns null if there is none any more
   */
  regenerate<Data extends SessionData>(id: string): Promise<Session<Data> | null>;

  /** Ends every session of the namespace, whoever wrote it. */
  clear(options?: DestroyOptions): Promise<Revocation>;

  /** Sessions of the index, without contents. */
  find(query?: SessionQuery): Promise<SessionPage>;

  stats(): SessionStats;
  resetStats(): void;
  /** Drops this instance's copy of one session, or all; Redis is not touched. */
  evict(id?: string): void;

  /** A store for express-session. */
  expressStore(options?: WebStoreOptions): ExpressStore;
  /** A store for @fastify/session. */
  fastifyStore(options?: WebStoreOptions): FastifyStore;
}
