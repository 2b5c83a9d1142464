// Edits by people, beside the programs that own the data. Every act is compare-and-set: it names what its author saw,
// and changes nothing when that is no longer there. One act is one atomic script, which also keeps the cache's
// accounting exact, evicts only what was agreed to, and keeps what it replaced as the before-image of an undo record.
//
// Keys are full Redis names and values are bytes; nothing is parsed, so what was not touched stays byte for byte.
// Not promised: that a foreign writer who overwrites without looking is stopped, or that it leaves expiries alone.

import { InvalidInput } from "../errors.ts";
import type { Keyspace } from "../keyspace.ts";
import type { Script, ScriptClient } from "../redis/scripts.ts";
import { ABSENT, fingerprintOf, type Look, look } from "./edit-fingerprint.ts";
import { removeScript, ttlScript, victimsScript, writeScript } from "./edit-scripts.ts";
import { createUndoSpace, UNDO_LIFETIME_MS, type UndoSpace } from "./edit-undo.ts";
import { checkTtl } from "./limits.ts";
import { bookKeys } from "./scripts.ts";
import { stagedValueLost, stageValue } from "./staged-value.ts";

/** The longest list one script call works on, so that none is long (50 deletions take about 1 ms). */
export const EDIT_BATCH = 50;
/** The most keys one write may evict, all in one call: they go together with the write, or not at all. */
export const MAX_VICTIMS = 200;

/** One key of an act and what the author saw of it: a fingerprint, or a `lengthFingerprint` in bulk acts. */
export interface Seen {
  readonly key: Buffer;
  readonly expected: string;
}

/** The undo record an act belongs to; several calls with one id share it. */
export interface Act {
  /** Unique, `[0-9a-z-]`. */
  readonly id: string;
  readonly by: string;
  readonly action: string;
}

/**
 * How an edit of one key ended. All but "ok" changed nothing. gone: there is no such key · lock-held: it is a lock
 * somebody holds · undo-full: its before-image does not fit the undo space · over-quota: see {@link OverQuota}.
 */
export type EditStatus = "ok" | "conflict" | "gone" | "lock-held" | "undo-full";

/** What stood in the way of a write, in bytes. */
export interface OverQuota {
  readonly status: "over-quota";
  /** How much must go before the value fits. */
  readonly neededBytes: number;
  readonly totalBytes: number;
}

/** What a write rests on, and what it may cost. */
export interface WriteOptions {
  /** "keep" leaves the expiry exactly where it is; "none" removes it; a number is ms from now. */
  readonly ttl: "keep" | "none" | number;
  /** What the author saw; `absent` to create. */
  readonly expected: string;
  /** The cluster's quota; 0 unlimited, null unknown: then nothing is checked and nothing evicted. */
  readonly limitBytes: number | null;
  /** The keys that may be evicted for it, in this order; no other live key ever is. At most {@link MAX_VICTIMS}. */
  readonly evict?: readonly Buffer[];
  /** null keeps no before-image. */
  readonly undo: Act | null;
}

/** How a write ended; `evicted` are full key names. All but "ok" changed nothing. */
export type WriteOutcome =
  | { readonly status: "ok"; readonly evicted: readonly Buffer[] }
  | { readonly status: Exclude<EditStatus, "ok"> }
  | OverQuota;

/** What a write of so many bytes would evict. */
export interface VictimPlan {
  /** Least recently used first. */
  readonly victims: readonly Buffer[];
  /** Bytes they would free, together with entries of keys that have expired already. */
  readonly freesBytes: number;
  /** Whether that is as much as was asked for. */
  readonly enough: boolean;
}

/** Safe edits of the user cache. Make one with {@link createUserCacheEditor}. */
export interface UserCacheEditor {
  /** The key's fingerprint, computed by Redis: one round trip, no value travels. */
  fingerprint(key: Buffer): Promise<string>;
  /** Fingerprint, type, TTL and (strings up to 1 MB, when asked) value of one moment. */
  look(key: Buffer, options?: { withValue?: boolean }): Promise<Look>;
  /** Sets a value if the key is still what the author saw. */
  write(key: Buffer, value: Buffer, options: WriteOptions): Promise<WriteOutcome>;
  /** Sets (`ttl` ms from now) or removes ("none") expiries, values untouched. Answers per key, in order. */
  setTtl(seen: readonly Seen[], ttl: "none" | number, undo: Act | null): Promise<EditStatus[]>;
  /** Deletes; with `undo` null for good. Answers per key, in order. */
  remove(seen: readonly Seen[], undo: Act | null): Promise<EditStatus[]>;
  /** What a write that lacks `neededBytes` would evict: read-only, without held locks, at most {@link MAX_VICTIMS}. */
  planVictims(neededBytes: number, options?: { except?: Buffer }): Promise<VictimPlan>;
  /** The before-images of the last hour. */
  readonly undo: UndoSpace;
}

interface Parts {
  readonly store: ScriptClient;
  readonly keyspace: Keyspace;
  /** The most the before-images may take, in bytes; 0 keeps none. */
  readonly undoMaxBytes: number;
}

/**
 * Makes the editor of one namespace's user cache.
 * @throws {StoreUnavailable} (every method) when Redis cannot be asked; the act may or may not have happened then
 * @throws {StorePermission} (every method but the looks) when the ACL refuses scripts
 */
export function createUserCacheEditor({ store, keyspace, undoMaxBytes }: Parts): UserCacheEditor {
  const books = bookKeys(keyspace);
  const undo = createUndoSpace({ store, books, keyspace, maxBytes: undoMaxBytes });
  const recordArgs = (act: Act | null) => [
    ...[undo.prefix, undoMaxBytes, UNDO_LIFETIME_MS],
    ...[act?.id ?? "", act?.by ?? "", act?.action ?? ""],
  ];

  /** Runs a script over pairs, batch by batch; what finds no room in the undo space is tried again once there is. */
  async function editEach(script: Script, seen: readonly Seen[], act: Act | null, args: (string | number)[]) {
    const outcomes: EditStatus[] = [];
    for (let first = 0; first < seen.length; first += EDIT_BATCH) {
      const batch = seen.slice(first, first + EDIT_BATCH);
      const send = async (pairs: readonly Seen[]) => {
        const list = pairs.flatMap(({ key, expected }) => [key, expected]);
        const reply = await script.run(store, [...books, ...undo.keys, ...recordArgs(act), ...args, ...list]);
        const [missing, ...statuses] = reply as [number, ...EditStatus[]];
        return { missing, statuses };
      };
      const { missing, statuses } = await send(batch);
      if (act && missing > 0 && (await undo.makeRoom(missing, act.id))) {
        const left = batch.filter((_, index) => statuses[index] === "undo-full");
        const again = (await send(left)).statuses;
        for (const [index, status] of statuses.entries()) if (status === "undo-full") statuses[index] = again.shift()!;
      }
      outcomes.push(...statuses);
    }
    return outcomes;
  }

  async function write(key: Buffer, value: Buffer, options: WriteOptions): Promise<WriteOutcome> {
    const { ttl, expected, limitBytes, evict = [], undo: act } = options;
    if (typeof ttl === "number") checkTtl(ttl);
    if (expected !== ABSENT && !expected.startsWith("string:"))
      throw new InvalidInput("Only a string that was seen whole may be replaced");
    if (evict.length > MAX_VICTIMS) throw new InvalidInput(`At most ${MAX_VICTIMS} keys may be evicted for one write`);
    const staged = await stageValue(store, keyspace, value);
    const args = [
      ...[...books, key, ...undo.keys, staged.name, ...recordArgs(act)],
      ...[fingerprintOf(value), expected, String(ttl), limitBytes ?? "", ...evict],
    ];
    const outcome = await putInPlace(args, act);
    if (outcome.status !== "ok") await staged.drop();
    return outcome;
  }

  async function putInPlace(args: (string | Buffer | number)[], act: Act | null): Promise<WriteOutcome> {
    for (;;) {
      const reply = (await writeScript.run(store, args, { buffers: true })) as [Buffer, ...(Buffer | number)[]];
      const [status, first, second] = [String(reply[0]), Number(reply[1]), Number(reply[2])];
      if (status === "again") continue;
      if (status === "undo-full" && act && (await undo.makeRoom(first, act.id))) continue;
      if (status === "lost") throw stagedValueLost();
      if (status === "over-quota") return { status, neededBytes: first, totalBytes: second };
      if (status === "ok") return { status, evicted: reply.slice(1) as Buffer[] };
      return { status: status as Exclude<EditStatus, "ok"> };
    }
  }

  return {
    undo,
    write,
    look: (key, { withValue = false } = {}) => look(store, key, withValue),
    fingerprint: async (key) => (await look(store, key, false)).fingerprint,
    async setTtl(seen, ttl, act) {
      if (ttl !== "none") checkTtl(ttl);
      return editEach(ttlScript, seen, act, [ttl]);
    },
    remove: (seen, act) => editEach(removeScript, seen, act, []),
    async planVictims(neededBytes, { except = Buffer.alloc(0) } = {}) {
      const reply = await victimsScript.run(store, [...books, neededBytes, except, MAX_VICTIMS], { buffers: true });
      const [ghosts, frees, enough, ...victims] = reply as [Buffer, Buffer, number, ...Buffer[]];
      return { victims, freesBytes: Number(ghosts) + Number(frees), enough: enough === 1 };
    },
  };
}
