// What the adapters of web frameworks share. A framework keeps its cookie inside the session, writes on every response
// whether or not something changed, and does not say which state a request began with. So:
//
//   the cookie's expiry is the session's TTL, and what is handed out says when it really ends;
//   an unchanged session is only prolonged, and not even that while it would change little (each time would end the
//   copies of all instances);
//   the state a request began with is remembered, so that two requests of one browser merge instead of overwriting each
//   other, and a request that ends after its session was revoked does not bring it back.

import { isDeepStrictEqual } from "node:util";
import { leftMsOf } from "./session-record.ts";
import type { Session, SessionData, Sessions } from "./types.ts";

/** Options of the adapters. */
export interface WebStoreOptions {
  /**
   * Whose session it is, told by its contents.
   * @default `userId`, `user.id` or `passport.user`, whichever is a string or number
   */
  readonly userOf?: (data: SessionData) => string | null | undefined;
}

/** What the adapters need of a session store beyond {@link Sessions}. */
export interface WebSessions extends Sessions {
  readonly lifetimeMs: number;
  /** Writes whatever there was, or makes it. */
  put(id: string, data: SessionData, user: string | null, ttlMs: number): Promise<Session>;
  /** As `save`; of the members in `prefer` this writer's are taken. */
  saveWith(
    session: Session,
    changes: { data: SessionData; user?: string | null; ttlMs: number },
    prefer: readonly string[],
  ): Promise<Session | null>;
  /** As `touch`, left out while it would change little. */
  slide(id: string, ttlMs: number): Promise<boolean>;
}

/** The operations of both frameworks on plain JSON. */
export interface WebStore {
  /** A copy of one's own, and the state it is of. */
  read(id: string): Promise<{ data: Record<string, unknown>; base: Session } | null>;
  /** @returns the new state; null when the session ended meanwhile, or its cookie has expired */
  write(id: string, data: Record<string, unknown>, base: Session | undefined): Promise<Session | null>;
  slide(id: string, data: Record<string, unknown>): Promise<void>;
}

const COOKIE = "cookie";

export function createWebStore(sessions: WebSessions, { userOf = usualUser }: WebStoreOptions = {}): WebStore {
  const ownerOf = (data: SessionData) => userOf(data) ?? null;

  return {
    async read(id) {
      const base = await sessions.get(id);
      return base && { data: handOut(base), base };
    },
    async write(id, data, base) {
      const ttlMs = ttlOf(data, sessions.lifetimeMs);
      if (ttlMs < 1) {
        await sessions.destroy(id);
        return null;
      }
      const user = ownerOf(data);
      if (base?.id !== id) return sessions.put(id, data, user, ttlMs);
      if (isSame(data, base.data)) return (await sessions.slide(id, ttlMs)) ? base : null;
      // An owner that the contents never told was told otherwise, and stays.
      const isTold = user !== null || ownerOf(base.data) !== null;
      return sessions.saveWith(base, { data, ttlMs, ...(isTold && { user }) }, [COOKIE]);
    },
    async slide(id, data) {
      const ttlMs = ttlOf(data, sessions.lifetimeMs);
      if (ttlMs < 1) await sessions.destroy(id);
      else await sessions.slide(id, ttlMs);
    },
  };
}

/** The members that JSON can say, as a plain object of one's own. */
export function plain(session: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(session)) as Record<string, unknown>;
}

function handOut(session: Session): Record<string, unknown> {
  const data = plain(session.data);
  const cookie = isObject(data[COOKIE]) ? data[COOKIE] : {};
  delete cookie.originalExpires;
  const leftMs = leftMsOf(session);
  if (cookie.expires && leftMs !== null) cookie.expires = new Date(Date.now() + leftMs).toISOString();
  data[COOKIE] = cookie;
  return data;
}

function ttlOf(data: SessionData, lifetimeMs: number): number {
  const cookie = data[COOKIE];
  if (!isObject(cookie) || !cookie.expires) return lifetimeMs;
  const expiresAt = new Date(cookie.expires as string | Date).getTime();
  return Number.isNaN(expiresAt) ? lifetimeMs : Math.ceil(expiresAt - Date.now());
}

/** Whether two states say the same; when the cookie expires is no part of what a session says. */
function isSame(data: SessionData, base: SessionData): boolean {
  return isDeepStrictEqual(withoutExpiry(data), withoutExpiry(base));
}

function withoutExpiry(data: SessionData): SessionData {
  if (!isObject(data[COOKIE])) return data;
  const { expires: _expires, originalExpires: _original, ...cookie } = data[COOKIE];
  return { ...data, [COOKIE]: cookie };
}

function usualUser(data: SessionData): string | null {
  const { userId, user, passport } = data;
  const candidates = [userId, isObject(user) && user.id, isObject(passport) && passport.user];
  const found = candidates.find((one) => (typeof one === "string" && one !== "") || typeof one === "number");
  return found === undefined ? null : String(found);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
