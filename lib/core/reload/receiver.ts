// Hears the reload channels of both wires. Our own wire only rings for the log. A foreign server writes no log, so its
// signal is honoured at once and noted in the log by whoever hears it first, for those who did not hear it.
//
// What is malformed is told and dropped; nothing that arrives here can throw.

import { createHash } from "node:crypto";
import type { Keyspace } from "../keyspace.ts";
import type { Connections } from "../redis/connections.ts";
import type { InvalidationMap } from "./invalidation-map.ts";
import { ALL_TABLE, NEVER_IN_ALL } from "./known-caches.ts";
import { type EntryDraft, entryFields } from "./log-entry.ts";
import type { LogFollower } from "./log-follower.ts";
import type { Origins } from "./origins.ts";
import { LOG_ENTRIES, noteForeignScript, reloadKeys } from "./scripts.ts";
import { type HeardSignal, hear } from "./signal.ts";
import type { LogEntry, MalformedSignal } from "./types.ts";

/** How long Redis may take to note a foreign signal before it is honoured without. */
const NOTE_PATIENCE_MS = 100;
/** The note outlives any message that still lies in a stopped process' socket. */
const NOTE_MS = 600_000;
/** Two messages without timestamp cannot be told apart: within this time they are one in the log. */
const UNDATED_NOTE_MS = 2_000;

/** Options of {@link createReceiver}. */
export interface ReceiverOptions {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  readonly instanceId: string;
  readonly map: InvalidationMap;
  readonly origins: Origins;
  readonly follower: LogFollower;
  /** Highest generation this instance knows. */
  readonly highest: () => number;
  /** Caches of the application itself, which "everything" means as well. */
  readonly ownCaches: () => readonly string[];
  /** A foreign signal to honour; `generation` 0 and `id` "" while it is not in the log. */
  readonly onForeign: (entry: LogEntry) => void;
  readonly onMalformed: (news: MalformedSignal) => void;
  readonly onRepeat: () => void;
  /** A message of our own wire, before the log is asked. */
  readonly onRing: (signal: HeardSignal) => void;
}

/** @returns the listener of one channel; `cache` is what the channel stands for, null where the message names it */
export function createReceiver(options: ReceiverOptions) {
  const { connections, keyspace, instanceId, map, origins, follower, highest } = options;
  const { ownCaches, onForeign, onMalformed, onRepeat, onRing } = options;
  const keys = reloadKeys(keyspace);

  async function receive(channel: string, cache: string | null, bytes: Buffer): Promise<void> {
    const heard = hear(bytes, cache, map);
    if (heard.kind === "malformed") {
      onMalformed({ channel, problem: heard.problem, excerpt: bytes.subarray(0, 200).toString() });
      return;
    }
    const signal = heard.signal.table === ALL_TABLE ? everything(heard.signal) : heard.signal;
    if (signal.publisher === instanceId || heard.kind === "nothing") return;
    if (origins.has(signal.publisher, signal.timestamp, signal.caches)) return onRepeat();
    if (signal.generation !== null) {
      onRing(signal);
      const looked = await follower.look();
      // What the log does not hold was not written by our wire, whatever it looks like; without Redis nobody can say.
      if (!looked || origins.has(signal.publisher, signal.timestamp, signal.caches)) return;
    }
    const fresh = origins.note(signal.publisher, signal.timestamp, signal.caches);
    if (fresh.length === 0) return onRepeat();
    await honour({ ...signal, caches: fresh }, channel);
  }

  function everything(signal: HeardSignal): HeardSignal {
    const own = ownCaches().filter((own) => !NEVER_IN_ALL.has(own));
    return { ...signal, caches: [...new Set([...signal.caches, ...own])] };
  }

  async function honour(signal: HeardSignal, channel: string): Promise<void> {
    const { caches, publisher, timestamp, table, scope, ids, reason } = signal;
    const draft: EntryDraft = {
      ...{ caches, all: table === ALL_TABLE, publisher, timestamp, notedBy: instanceId, heardOn: channel },
      ...{ table, scope, ids, reason, by: null, staggerMs: 0, slots: [], only: null },
    };
    const noted = note(draft, channel);
    const first = await Promise.race([noted, afterMs(NOTE_PATIENCE_MS)]);
    if (first === undefined) onForeign(asEntry(draft, "", 0));
    const known = await noted;
    if (known === undefined) return;
    // Without a timestamp nobody can say that it was taken up before: rather once too often.
    if (!follower.claim(known.id) && signal.timestamp !== null) return;
    onForeign(asEntry(draft, known.id, known.generation));
  }

  /** undefined when Redis cannot be asked. */
  async function note(draft: EntryDraft, channel: string): Promise<{ id: string; generation: number } | undefined> {
    const { publisher, timestamp, table, caches } = draft;
    // Not the caches: instances may know different ones.
    const identity = JSON.stringify([publisher, timestamp, table ?? channel]);
    const digest = createHash("sha1").update(identity).digest("hex");
    try {
      const [id, generation] = (await noteForeignScript.run(connections, [
        ...[keys.log, keys.generations, keys.foreign(digest)],
        ...[caches.join(","), highest().toFixed(0), timestamp === null ? UNDATED_NOTE_MS : NOTE_MS, LOG_ENTRIES],
        JSON.stringify(entryFields(draft)),
      ])) as [string, string];
      return { id, generation: Number(generation) };
    } catch {
      return undefined;
    }
  }

  return (channel: string, cache: string | null) => (bytes: Buffer) => void receive(channel, cache, bytes);
}

function asEntry(draft: EntryDraft, id: string, generation: number): LogEntry {
  const { caches, publisher, timestamp, notedBy, table, scope, ids, reason, heardOn } = draft;
  return {
    ...{ id, generation, publisher, timestamp, notedBy, table, scope, ids, reason },
    ...{ caches, at: id === "" ? Date.now() : Number.parseInt(id, 10) },
    ...{ all: draft.all, foreign: true, by: null, staggerMs: 0, only: null },
    channels: heardOn === null ? [] : [{ channel: heardOn, receivers: null }],
  };
}

function afterMs(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined).unref());
}
