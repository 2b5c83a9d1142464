// Compares the books of the user cache with its keys, and repairs what other writers left behind.
//
// Three walks, each in steps of about a millisecond, while everybody keeps writing:
//   1. every key that exists: count those nobody counts, correct sizes and expiries;
//   2. every member of the books: forget those whose key is gone;
//   3. over `sizes`, the sum. It changes while we walk, so our writers note the names they change in a journal, and each
//      step hands over the sizes of its page and of the names in the journal as they are at that instant. After the last
//      step the map here equals `sizes` at one instant, whose total came in the same reply. The difference between the
//      two is what is wrong; writers move both by the same amounts, so it can be taken off a moment later.
//
// A foreign writer notes nothing in the journal: what it changes during walk 3 is right only after the next reconcile
// (up to some 100 keys are walked in one step, so there it is right at once).

import { randomUUID } from "node:crypto";
import { ReconcileRunning } from "../errors.ts";
import type { Keyspace } from "../keyspace.ts";
import type { Script } from "../redis/scripts.ts";
import { scanUserKeys, type UserCacheStore } from "./scan-keys.ts";
import {
  bookKeys,
  reconcileBeginScript,
  reconcileBookScript,
  reconcileEndScript,
  reconcileFinishScript,
  reconcileKeysScript,
} from "./scripts.ts";

/** What `reconcile` found and repaired. */
export interface Reconciliation {
  /** Names compared: keys that exist, and orphans. */
  readonly examined: number;
  /** Bytes the total was too high by; negative if it was too low. */
  readonly driftBytes: number;
  /** Names the books held though there is no such value (any more). */
  readonly orphans: number;
  /** Keys that nobody had counted. */
  readonly adopted: number;
  readonly durationMs: number;
}

/** How far it is: the walk, and the names compared in it so far. */
export interface ReconcileProgress {
  readonly phase: "keys" | "books" | "sum";
  readonly examined: number;
}

/** Options of `reconcile`. */
export interface ReconcileOptions {
  /** Stops between two steps; what was repaired by then stays repaired. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReconcileProgress) => void;
}

/** The books that are walked member by member, by the names reconcile-book.lua knows them by. */
export const BOOKS = ["lru", "exp", "locks", "sizes"] as const;
export type Book = (typeof BOOKS)[number];

/** Keys compared per script call. */
const PAGE = 50;
/** The journal is lost when somebody finds the total to be wrong, or when we are held up for long. */
const MOST_ATTEMPTS = 20;

/**
 * Makes the books of one namespace agree with its keys.
 * @throws {ReconcileRunning} {StoreUnavailable} {StorePermission}; `signal`'s reason when aborted
 */
export async function reconcile(
  store: UserCacheStore,
  keyspace: Keyspace,
  { signal, onProgress }: ReconcileOptions = {},
): Promise<Reconciliation> {
  const startedAt = performance.now();
  const books = bookKeys(keyspace);
  const token = randomUUID();
  const result = { examined: 0, driftBytes: 0, orphans: 0, adopted: 0 };
  const run = (script: Script, ...args: (string | Buffer | number)[]) => script.run(store, [...books, token, ...args]);

  async function openJournal(): Promise<void> {
    signal?.throwIfAborted();
    if ((await run(reconcileBeginScript)) !== 1) throw new ReconcileRunning();
  }

  /** Adds up what a step repaired; opens the journal again if it was lost before. */
  async function note(step: Repairs | null): Promise<void> {
    signal?.throwIfAborted();
    if (!step) return openJournal();
    result.orphans += step.orphans;
    result.adopted += step.adopted;
    result.driftBytes += step.driftBytes;
  }

  async function walkKeys(): Promise<void> {
    let examined = 0;
    for await (const names of scanUserKeys(store, keyspace, PAGE)) {
      await note(toRepairs((await run(reconcileKeysScript, ...names)) as KeysReply | null));
      examined += names.length;
      onProgress?.({ phase: "keys", examined });
    }
  }

  async function walkBook(book: Book): Promise<void> {
    let cursor = "0";
    let page: BookPage | null;
    do {
      page = await readBookPage(store, books, token, book, cursor);
      await note(page);
      cursor = page?.cursor ?? cursor;
      onProgress?.({ phase: "books", examined: result.orphans });
    } while (!page || cursor !== "0");
  }

  /** @returns false if the journal was lost on the way: then the sum is not known */
  async function sumUp(): Promise<boolean> {
    const sizes = new Map<string, number>();
    let cursor = "0";
    let counted: Count | undefined;
    do {
      const page = await readBookPage(store, books, token, "sizes", cursor);
      await note(page);
      counted = page?.count;
      if (!page || !counted) return false;
      for (const [name, bytes] of counted.sizes) {
        if (bytes === null) sizes.delete(name);
        else sizes.set(name, bytes);
      }
      cursor = page.cursor === "0" ? "end" : page.cursor;
      onProgress?.({ phase: "sum", examined: sizes.size });
    } while (cursor !== "end" || counted.unread > 0);

    let sum = 0;
    for (const bytes of sizes.values()) sum += bytes;
    if ((await run(reconcileFinishScript, sum, counted.totalBytes)) !== 1) return false;
    result.driftBytes += counted.totalBytes - sum;
    result.examined = sizes.size + result.orphans;
    return true;
  }

  await openJournal();
  try {
    await walkKeys();
    for (const book of ["lru", "exp", "locks"] as const) await walkBook(book);
    let attempts = 1;
    while (!(await sumUp())) {
      if (++attempts > MOST_ATTEMPTS) throw new ReconcileRunning();
      await openJournal();
    }
  } finally {
    // Without Redis the journal ends by itself.
    await run(reconcileEndScript).catch(() => {});
  }
  return { ...result, durationMs: Math.round(performance.now() - startedAt) };
}

interface Repairs {
  readonly orphans: number;
  readonly adopted: number;
  readonly driftBytes: number;
}

interface BookPage extends Repairs {
  readonly cursor: string;
  /** Absent when nobody counts, or the journal was lost. */
  readonly count: Count | undefined;
}

/** All of one instant. */
interface Count {
  readonly totalBytes: number;
  /** Names still in the journal. */
  readonly unread: number;
  /** Names (as latin1: any bytes) with what `sizes` says about them now. */
  readonly sizes: readonly (readonly [string, number | null])[];
}

type KeysReply = [orphans: number, adopted: number, driftBytes: number];
type BookReply = [Buffer, number, number, number, number?, number?, (Buffer | null)[]?];

function toRepairs(reply: KeysReply | null): Repairs | null {
  return reply && { orphans: reply[0], adopted: reply[1], driftBytes: reply[2] };
}

/** Repairs one page of a book; `token` "" does so without counting. null: the journal was lost. */
export async function readBookPage(
  store: UserCacheStore,
  books: readonly string[],
  token: string,
  book: Book,
  cursor: string,
): Promise<BookPage | null> {
  const args = [...books, token, book, cursor];
  const reply = (await reconcileBookScript.run(store, args, { buffers: true })) as BookReply | null;
  if (!reply) return null;
  const [next, orphans, adopted, driftBytes, totalBytes, unread = 0, flat = []] = reply;
  const count = totalBytes === undefined ? undefined : { totalBytes, unread, sizes: toSizes(flat) };
  return { cursor: next.toString(), orphans, adopted, driftBytes, count };
}

function toSizes(flat: readonly (Buffer | null)[]): [string, number | null][] {
  const sizes: [string, number | null][] = [];
  for (let at = 0; at < flat.length; at += 2) {
    const bytes = flat[at + 1];
    sizes.push([flat[at]?.toString("latin1") ?? "", bytes ? Number(bytes) : null]);
  }
  return sizes;
}
