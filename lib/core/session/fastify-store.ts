// The store that @fastify/session asks for: `fastify.register(fastifySession, { store: cluster.sessions.fastifyStore(), … })`.
//
// The plugin copies what it is given into an object of its own and keeps nothing else of it. So the state that a request
// began with is named by a member of the session itself, `keydeck:version`; it is never stored.

import { LRUCache } from "lru-cache";
import type { Session } from "./types.ts";
import { createWebStore, plain, type WebSessions, type WebStoreOptions } from "./web-session.ts";

type Done = (error?: unknown) => void;

/** A store as @fastify/session documents it; made by `fastifyStore()`. */
export interface FastifyStore {
  get<Found>(id: string, callback: (error: unknown, session?: Found | null) => void): void;
  set(id: string, session: object, callback: Done): void;
  destroy(id: string, callback: Done): void;
}

const VERSION = "keydeck:version";
/** Requests under way whose beginning is remembered; one that is older than so many others overwrites. */
const MAX_BASES = 10_000;

/** Adapts a session store. @see https://www.npmjs.com/package/@fastify/session "store" */
export function createFastifyStore(sessions: WebSessions, options?: WebStoreOptions): FastifyStore {
  const store = createWebStore(sessions, options);
  const read = new LRUCache<string, Session>({ max: MAX_BASES });
  /** What a session object of a request was last written as. */
  const written = new WeakMap<object, Session>();
  const nameOf = (id: string, version: unknown) => `${version} ${id}`;

  return {
    get<Found>(id: string, callback: (error: unknown, session?: Found | null) => void) {
      const work = store.read(id).then((found) => {
        if (!found) return null;
        const { data, base } = found;
        read.set(nameOf(id, base.version), base);
        return { ...data, [VERSION]: base.version } as Found;
      });
      answer(work, callback);
    },
    set(id, session, callback) {
      const { [VERSION]: version, ...data } = plain(session);
      const base = written.get(session) ?? read.get(nameOf(id, version));
      const work = store.write(id, data, base).then((now) => {
        if (now) written.set(session, now);
      });
      answer(work, callback);
    },
    destroy(id, callback) {
      answer(
        sessions.destroy(id).then(() => undefined),
        callback,
      );
    },
  };
}

/** Callbacks run outside the promise, so that what they throw is theirs. */
function answer<Value>(work: Promise<Value>, callback: (error: unknown, value?: Value) => void): void {
  work.then(
    (value) => setImmediate(callback, null, value),
    (error: unknown) => setImmediate(callback, error),
  );
}
