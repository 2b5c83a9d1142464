// Messages on the reload channels. One outgoing message satisfies both kinds of foreign reader: the documented server
// wants `{ instanceId, type, timestamp }` on the cache's channel, the current one `payload.table` on its single channel.
// Ours carries `cache` or `caches` and `generation` besides; for us it only rings: the log is what counts.

import type { Keyspace } from "../keyspace.ts";
import { currentSpelling, type InvalidationMap } from "./invalidation-map.ts";
import {
  ALL_TABLE,
  canonicalCache,
  isCacheName,
  KNOWN_CACHES,
  knownCache,
  ORCHESTRATOR_CHANNEL,
} from "./known-caches.ts";
import { reloadKeys } from "./scripts.ts";
import type { ReloadScope, Wire } from "./types.ts";

const TYPE = "RELOAD_SIGNAL";
/** Whoever sends more is not telling which cache changed. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** Rows that one signal names; more are all. */
export const MAX_IDS = 1_000;

/** What one signal is about, before it is put into messages. */
export interface SignalDraft {
  readonly instanceId: string;
  readonly timestamp: number;
  readonly caches: readonly string[];
  readonly all: boolean;
  readonly table: string | null;
  readonly scope: ReloadScope;
  readonly ids: readonly (string | number)[];
  readonly reason: string | null;
  /** Ask these instances again, on our own channel only. */
  readonly only: readonly string[] | null;
}

/** A message and its channel; the closing brace is missing, because the script adds the generation. */
export type OpenMessage = readonly [channel: string, message: string];

/** A signal as it was heard. */
export interface HeardSignal {
  readonly publisher: string;
  readonly timestamp: number | null;
  readonly caches: readonly string[];
  readonly table: string | null;
  readonly scope: ReloadScope;
  readonly ids: readonly (string | number)[];
  readonly reason: string | null;
  /** The generation of a message of our own wire; null on a foreign one. */
  readonly generation: number | null;
}

/** What a message turned out to be. "nothing": well formed, and about a table that no cache depends on. */
export type Heard =
  | { readonly kind: "signal"; readonly signal: HeardSignal }
  | { readonly kind: "nothing"; readonly signal: HeardSignal }
  | { readonly kind: "malformed"; readonly problem: string };

/** Channels, with their base, that reload signals of a namespace travel on. */
export function channelBook(keyspace: Keyspace, ownChannels: ReadonlyMap<string, string>) {
  const bell = reloadKeys(keyspace).bell;
  const orchestrator = keyspace.channel(ORCHESTRATOR_CHANNEL);
  const baseOf = (cache: string) => knownCache(cache)?.channel ?? ownChannels.get(cache) ?? null;
  return {
    orchestrator,
    bell,
    /** The cache's own channel in full; null where it has none. */
    ofCache(cache: string): string | null {
      const base = baseOf(cache);
      return base === null ? null : keyspace.channel(base);
    },
    /** Every channel to listen on → the cache it names, null where the message names it. */
    all(): Map<string, string | null> {
      const named = [...Object.keys(KNOWN_CACHES), ...ownChannels.keys()].flatMap((cache) => {
        const base = baseOf(cache);
        return base === null ? [] : [[keyspace.channel(base), cache] as const];
      });
      return new Map<string, string | null>([[bell, null], [orchestrator, null], ...named]);
    },
  };
}

export type ChannelBook = ReturnType<typeof channelBook>;

/** The messages of a signal: one on each documented channel concerned, and what the current server understands. */
export function messagesOf(draft: SignalDraft, wire: Wire, book: ChannelBook): OpenMessage[] {
  const { caches } = draft;
  if (draft.only !== null) return [[book.bell, message(draft, { caches })]];
  const messages: OpenMessage[] = [];
  const reached = new Set<string>();
  if (wire !== "orchestrator") {
    for (const cache of caches) {
      const channel = book.ofCache(cache);
      if (channel === null) continue;
      reached.add(cache);
      messages.push([channel, message(draft, { caches: [cache] })]);
    }
  }
  if (wire !== "documented") {
    for (const cache of caches) reached.add(cache);
    // A table names all its caches at once; caches that were named themselves travel one by one.
    if (draft.all || draft.table !== null) messages.push([book.orchestrator, message(draft, { caches })]);
    else for (const cache of caches) messages.push([book.orchestrator, message(draft, { caches: [cache] })]);
  }
  const rest = caches.filter((cache) => !reached.has(cache));
  if (rest.length > 0) messages.push([book.bell, message(draft, { caches: rest })]);
  return messages;
}

function message(draft: SignalDraft, { caches }: { caches: readonly string[] }): string {
  const { instanceId, timestamp, scope, ids, reason } = draft;
  const [only] = caches;
  const text = JSON.stringify({
    instanceId,
    type: TYPE,
    timestamp,
    payload: {
      table: tableFor(draft, caches),
      action: "reload",
      timestamp,
      scope,
      ...(scope === "partial" && { ids }),
    },
    ...(caches.length === 1 ? { cache: only } : { caches }),
    reason,
  });
  return text.slice(0, -1);
}

/** The table by which a current server finds the caches. */
function tableFor(draft: SignalDraft, caches: readonly string[]): string {
  if (draft.all && caches.length > 1) return ALL_TABLE;
  if (draft.table !== null && !draft.all) return currentSpelling(draft.table);
  const [cache = ""] = caches;
  return knownCache(cache)?.table ?? cache;
}

// ---- hearing ------------------------------------------------------------------------------------------------------------

/**
 * Reads a message of either wire.
 * @param cache the cache that the channel stands for; null on channels where the message names it
 */
export function hear(bytes: Uint8Array, cache: string | null, map: InvalidationMap): Heard {
  if (bytes.length > MAX_MESSAGE_BYTES) return malformed(`${bytes.length} bytes long`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return malformed("not JSON");
  }
  if (!isRecord(value)) return malformed("not an object");
  const { instanceId, timestamp = null, type } = value;
  if (typeof instanceId !== "string" || instanceId === "" || instanceId.length > 200)
    return malformed("`instanceId` is not a text of 1 to 200 characters");
  if (timestamp !== null && !(typeof timestamp === "number" && Number.isFinite(timestamp)))
    return malformed("`timestamp` is not a number");
  // The current server never reads `type`; the documents have only one.
  if (cache !== null && type !== undefined && type !== TYPE) return malformed("`type` is not RELOAD_SIGNAL");

  const payload = isRecord(value.payload) ? value.payload : {};
  const table = typeof payload.table === "string" ? payload.table : null;
  const ids = idsOf(payload);
  const common = {
    publisher: instanceId,
    timestamp,
    table: cache === null ? table : null,
    scope: ids.length > 0 ? ("partial" as const) : ("full" as const),
    ids,
    reason: typeof value.reason === "string" ? value.reason.slice(0, 500) : null,
    generation: Number.isSafeInteger(value.generation) ? Number(value.generation) : null,
  };
  if (cache !== null) return { kind: "signal", signal: { ...common, caches: [cache] } };

  const named = cachesNamed(value);
  if (named.length > 0 && common.generation !== null) return { kind: "signal", signal: { ...common, caches: named } };
  if (table === null) return malformed("`payload.table` is missing");
  const caches = map.cachesOf(table) ?? named;
  return { kind: caches.length > 0 ? "signal" : "nothing", signal: { ...common, caches } };
}

function cachesNamed({ cache, caches }: Record<string, unknown>): string[] {
  const named = Array.isArray(caches) ? caches : [cache];
  return named.filter(isCacheName).map(canonicalCache);
}

function idsOf({ scope, ids }: Record<string, unknown>): (string | number)[] {
  if (scope !== "partial" || !Array.isArray(ids) || ids.length > MAX_IDS) return [];
  const usable = ids.filter((id) => typeof id === "string" || typeof id === "number");
  return usable.length === ids.length ? usable : [];
}

function malformed(problem: string): Heard {
  return { kind: "malformed", problem };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
