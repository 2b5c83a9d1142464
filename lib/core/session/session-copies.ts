// This instance's copies of sessions: kept true by the coherence of the instance, and by the announcements that every
// writer of sessions makes: messages of seed 004's shape, and behind them a stream that loses nothing.
//
// The place in that stream up to which everything was applied is the `cursor`. It stands in the instance's heartbeat, so
// a revocation is proven when every live instance is past its entry.

import type { Keyspace } from "../keyspace.ts";
import type { Coherence } from "../local-cache/coherence.ts";
import { Lease } from "../local-cache/lease.ts";
import { LocalCache } from "../local-cache/local-cache.ts";
import type { ScriptClient } from "../redis/scripts.ts";
import { bookKeys, invalidationChannel, sinceScript } from "./scripts.ts";
import { compareEntries, isEntry, kindOf } from "./session-invalidation.ts";
import type { Session, SessionManifest } from "./types.ts";

/** Limits of the copies; see `l1` of createCluster. */
export interface CopyLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly ttlMs: number;
  readonly staleIfErrorMs: number;
}

interface Options extends CopyLimits {
  readonly store: ScriptClient;
  readonly keyspace: Keyspace;
  readonly nodeId: string;
  readonly coherence: Coherence;
  /** Somebody wants to know at once that something was applied. */
  readonly onConfirm: () => void;
  readonly onProblem: (problem: string) => void;
}

/** Entries read at once when catching up. */
const PAGE = 500;

export interface SessionCopies {
  readonly cache: LocalCache<Session>;
  manifest(): SessionManifest;
}

/** Takes part in the coherence of this instance from now on. */
export function createSessionCopies(options: Options): SessionCopies {
  const { store, keyspace, nodeId, coherence, onConfirm, onProblem, ttlMs, staleIfErrorMs } = options;
  const lease = new Lease();
  const cache = new LocalCache<Session>({ ...options, lease, staleMs: staleIfErrorMs });
  const books = bookKeys(keyspace);
  let cursor = "0-0";

  async function since(count: number): Promise<[missing: number, last: string, found: string[][]]> {
    return (await sinceScript.run(store, [...books, cursor, count])) as [number, string, string[][]];
  }

  async function catchUp(): Promise<void> {
    for (;;) {
      const [isMissing, last, found] = await since(PAGE);
      if (isMissing) {
        lease.flush();
        cache.clear();
        cursor = last;
        return;
      }
      for (const [type = "", id = "", node = "", entry = ""] of found) {
        apply(type, id, node);
        cursor = entry;
      }
      if (found.length < PAGE) return;
    }
  }

  function apply(type: string, id: string, node: string): void {
    // Our own writes took care of our own copies when they were made.
    if (node === nodeId) return;
    if (kindOf(type) === "cache_clear") cache.clear();
    else cache.drop(id);
  }

  function onMessage(bytes: Buffer): void {
    const message = readMessage(bytes);
    if (typeof message === "string") {
      onProblem(message);
      return;
    }
    apply(message.type, message.session_id, message.node_id);
    const isOrdered = coherence.status.mode === "tracking";
    // Over tracking's connection nothing is lost or overtaken; elsewhere only the stream says how far we are.
    if (isOrdered && message.entry && compareEntries(message.entry, cursor) > 0) cursor = message.entry;
    if (!message.confirm) return;
    if (isOrdered) onConfirm();
    else catchUp().then(onConfirm, () => {});
  }

  coherence.follow({
    lease,
    prefix: keyspace.session(""),
    changed: (id) => cache.drop(id),
    flushed: () => cache.clear(),
    lost: () => cache.lapse(),
    announcements: {
      channel: invalidationChannel(keyspace),
      onMessage,
      async begin() {
        [, cursor] = await since(1);
      },
      catchUp,
    },
  });

  return {
    cache,
    manifest() {
      const { hits, misses, evictions, size, invalidations } = cache.stats();
      const { mode } = coherence.status;
      const armed = lease.holds;
      const isFollowing = armed && mode !== "ttl";
      return {
        ...{ mode, armed, cursor: isFollowing ? cursor : null, ttlMs },
        ...{ hits, misses, evictions, size, invalidations },
      };
    },
  };
}

interface Message {
  readonly type: string;
  readonly session_id: string;
  readonly node_id: string;
  readonly entry: string | undefined;
  readonly confirm: boolean;
}

/** @returns a sentence for what is no message */
function readMessage(bytes: Buffer): Message | string {
  let message: unknown;
  try {
    message = JSON.parse(bytes.toString());
  } catch {
    return `A session invalidation of ${bytes.length} bytes is not JSON`;
  }
  if (typeof message !== "object" || message === null) return "A session invalidation is no object";
  const { type, session_id, node_id, entry, confirm } = message as Partial<Record<keyof Message, unknown>>;
  if (typeof type !== "string" || kindOf(type) === undefined) return "A session invalidation is of no known type";
  if (typeof session_id !== "string" || typeof node_id !== "string")
    return "A session invalidation names no session_id or no node_id";
  return { type, session_id, node_id, entry: isEntry(entry) ? entry : undefined, confirm: confirm === true };
}
