// The Store that express-session asks for: `session({ store: cluster.sessions.expressStore(), … })`. An error of the
// store reaches the application's error handler (STORE_UNAVAILABLE), it never looks like "not signed in".

import { EventEmitter } from "node:events";
import type { Session } from "./types.ts";
import { createWebStore, plain, type WebSessions, type WebStoreOptions } from "./web-session.ts";

type Done = (error?: unknown) => void;

/** What the middleware keeps its session in. */
interface Requested {
  sessionID?: string;
  session?: object;
}

type SessionClass = new (request: object, data: object) => object;

/** What the installed express-session makes sessions and cookies of. */
interface Kinds {
  readonly Session: SessionClass;
  /** The prototype of cookies; their class is not to be had from it. */
  readonly cookie: object;
}

interface StoredCookie {
  expires?: string | Date | null;
  originalMaxAge?: number | null;
}

/** A Store as express-session documents it; made by `expressStore()`. The types it is about are the application's. */
export interface ExpressStore extends EventEmitter {
  get<Found>(id: string, callback: (error: unknown, session?: Found | null) => void): void;
  set(id: string, session: object, callback?: Done): void;
  touch(id: string, session: object, callback?: Done): void;
  destroy(id: string, callback?: Done): void;
  clear(callback?: Done): void;
  length(callback: (error: unknown, length?: number) => void): void;
  all<Found>(callback: (error: unknown, sessions?: Found[]) => void): void;
  /** Put here by the middleware: makes a new session for a request. */
  generate?(request: object): void;
  regenerate(request: object, callback: Done): void;
  load<Made>(id: string, callback: (error: unknown, session?: Made) => void): void;
  createSession<Made>(request: object, session: object): Made;
}

/** Adapts a session store. @see https://www.npmjs.com/package/express-session "Session Store Implementation" */
export function createExpressStore(sessions: WebSessions, options?: WebStoreOptions): ExpressStore {
  return new Store(sessions, options);
}

class Store extends EventEmitter implements ExpressStore {
  generate?: (request: object) => void;
  readonly #sessions: WebSessions;
  readonly #store: ReturnType<typeof createWebStore>;
  /** What a session object of a request was read as. */
  readonly #bases = new WeakMap<object, Session>();
  #kinds: Kinds | undefined;

  constructor(sessions: WebSessions, options: WebStoreOptions | undefined) {
    super();
    this.#sessions = sessions;
    this.#store = createWebStore(sessions, options);
  }

  get<Found>(id: string, callback: (error: unknown, session?: Found | null) => void): void {
    answer(this.#read(id) as Promise<Found | null>, callback);
  }

  set(id: string, session: object, callback?: Done): void {
    const write = async () => {
      const base = await this.#store.write(id, plain(session), this.#bases.get(session));
      if (base) this.#bases.set(session, base);
    };
    answer(write(), callback);
  }

  touch(id: string, session: object, callback?: Done): void {
    answer(this.#store.slide(id, plain(session)), callback);
  }

  destroy(id: string, callback?: Done): void {
    answer(
      this.#sessions.destroy(id).then(() => undefined),
      callback,
    );
  }

  clear(callback?: Done): void {
    answer(
      this.#sessions.clear().then(() => undefined),
      callback,
    );
  }

  length(callback: (error: unknown, length?: number) => void): void {
    answer(
      this.#sessions.find({ limit: 1 }).then(({ total }) => total),
      callback,
    );
  }

  all<Found>(callback: (error: unknown, sessions?: Found[]) => void): void {
    answer(this.#all() as Promise<Found[]>, callback);
  }

  regenerate(request: object, callback: Done): void {
    this.destroy((request as Requested).sessionID ?? "", (error) => {
      if (!error) this.generate?.(request);
      callback(error);
    });
  }

  load<Made>(id: string, callback: (error: unknown, session?: Made) => void): void {
    const make = async (): Promise<Made | undefined> => {
      const session = await this.#read(id);
      return session ? this.createSession<Made>({ sessionID: id, sessionStore: this }, session) : undefined;
    };
    answer<Made | undefined>(make(), callback);
  }

  createSession<Made>(request: object, session: object): Made {
    const { Session, cookie: cookiePrototype } = this.#learnKinds(request);
    const { cookie: { expires, originalMaxAge, ...options } = {}, ...data } = session as { cookie?: StoredCookie };
    const cookie = Object.assign(
      Object.create(cookiePrototype) as StoredCookie,
      { path: "/", httpOnly: true },
      options,
    );
    cookie.expires = expires ? new Date(expires) : null;
    cookie.originalMaxAge = originalMaxAge ?? null; // after `expires`, which sets it too
    const current = new Session(request, { ...data, cookie });
    const base = this.#bases.get(session);
    if (base) this.#bases.set(current, base);
    (request as Requested).session = current;
    return current as Made;
  }

  async #read(id: string): Promise<object | null> {
    const found = await this.#store.read(id);
    if (!found) return null;
    this.#bases.set(found.data, found.base);
    return found.data;
  }

  async #all(): Promise<object[]> {
    const all: object[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#sessions.find({ limit: 200, ...(cursor && { cursor }) });
      for (const { id } of page.sessions) {
        const session = await this.#read(id);
        if (session) all.push(Object.assign(session, { id }));
      }
      cursor = page.cursor ?? undefined;
    } while (cursor);
    return all;
  }

  /** The core imports no framework; what the middleware's own `generate` makes shows what sessions and cookies are. */
  #learnKinds(request: object): Kinds {
    if (this.#kinds) return this.#kinds;
    const probe = Object.create(request) as { session?: { cookie: object } };
    this.generate?.(probe);
    if (!probe.session) throw new TypeError("Give this store to express-session first: session({ store })");
    this.#kinds = {
      Session: probe.session.constructor as SessionClass,
      cookie: Object.getPrototypeOf(probe.session.cookie) as object,
    };
    return this.#kinds;
  }
}

/** Callbacks run outside the promise, so that what they throw is theirs. */
function answer<Value>(work: Promise<Value>, callback?: (error: unknown, value?: Value) => void): void {
  work.then(
    (value) => callback && setImmediate(callback, null, value),
    (error: unknown) => callback && setImmediate(callback, error),
  );
}
