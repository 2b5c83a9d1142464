// Reads a value page by page, by type, so that neither a 50 MB string nor a set of five million elements harms anything:
// every page costs one round trip (a search inside: a bounded number), asks Redis for about a megabyte at most, and says
// where the next one begins. Elements are bytes. What must be masked is decided later, by mask-page.ts.

import type { RedisType } from "../contracts/keys.ts";
import { InvalidInput } from "../core/errors.ts";
import type { Connections } from "../core/redis/connections.ts";
import { Budget } from "./budget.ts";
import { checkCursor, type ValueCursor } from "./values-cursor.ts";
import { readHash, readSet, readZsetMatches } from "./values-scan.ts";
import { readString } from "./values-string.ts";
import { readList, readStream, readZset } from "./values-window.ts";

/** What is known of the key already: describe.ts asked in the round trip before. */
export interface ValueFacts {
  readonly name: Buffer;
  readonly type: string | null;
  /** Bytes of a string, elements of a collection; null when Redis refused to tell. */
  readonly length: number | null;
  readonly memoryBytes: number | null;
}

export interface PageOptions {
  readonly cursor?: string | undefined;
  /** A Redis glob: fields of a hash, members of a set or zset, values of a list or stream. */
  readonly match?: string | undefined;
  /** Elements, or for strings KiB. */
  readonly count: number;
  readonly signal?: AbortSignal | undefined;
}

interface Page {
  readonly length: number;
  readonly cursor: string | null;
}

export interface StringPage extends Page {
  readonly type: "string";
  /** Where the page begins and ends in the value. */
  readonly offset: number;
  readonly end: number;
  /** The page and what stands around it, from `windowStart`: a mask must see more than what it shows. */
  readonly window: Buffer;
  readonly windowStart: number;
  /** The value's first bytes, which tell its format. */
  readonly head: Buffer;
}

export interface HashItem {
  readonly field: Buffer;
  readonly value: Buffer;
  readonly ttlMs: number | null;
}

export interface StreamItem {
  readonly id: string;
  readonly fields: readonly { readonly field: Buffer; readonly value: Buffer }[];
}

export interface StreamGroup {
  readonly name: string;
  readonly consumers: number;
  readonly pending: number;
  readonly lastId: string;
}

export type RawPage =
  | StringPage
  | (Page & { readonly type: "hash"; readonly items: readonly HashItem[] })
  | (Page & { readonly type: "list"; readonly items: readonly { readonly index: number; readonly value: Buffer }[] })
  | (Page & { readonly type: "set"; readonly items: readonly { readonly member: Buffer }[] })
  | (Page & { readonly type: "zset"; readonly items: readonly { readonly member: Buffer; readonly score: string }[] })
  | (Page & {
      readonly type: "stream";
      readonly items: readonly StreamItem[];
      readonly groups: readonly StreamGroup[];
    });

/** How a reader of one type is asked. */
export interface PageRequest {
  readonly connections: Connections;
  readonly name: Buffer;
  readonly length: number;
  /** Where to begin; null at the beginning. */
  readonly at: ValueCursor | null;
  readonly match: string | null;
  readonly count: number;
  /** How many elements to ask Redis for at once, so that an answer stays near a megabyte. */
  readonly step: number;
  readonly budget: Budget;
  readonly signal: AbortSignal | undefined;
}

/** What one page may bring over the wire, in bytes. */
export const PAGE_BYTES = 1024 * 1024;
const SEARCH_BUDGET = { ms: 250, roundTrips: 100 };
/** Elements Redis looks at in one command: well below a millisecond of its time. */
const MOST_PER_COMMAND = 1_000;
const MOST_PER_SEARCH_STEP = 500;

/**
 * One page of a value.
 * @throws {InvalidInput} for a cursor that is none, or of another type, and for types of modules
 */
export async function readPage(connections: Connections, facts: ValueFacts, options: PageOptions): Promise<RawPage> {
  const { type, name, length } = facts;
  const read = isReadable(type) ? READERS[type] : null;
  if (!isReadable(type) || !read) throw new InvalidInput(`Values of the type ${type} cannot be shown`);
  const match = options.match === undefined || options.match === "" ? null : checkGlob(options.match);
  const wanted = match === null ? options.count : MOST_PER_SEARCH_STEP;
  const request: PageRequest = {
    ...{ connections, name, match, count: options.count, signal: options.signal },
    length: length ?? 0,
    at: checkCursor(type, options.cursor),
    step: stepOf(facts, wanted),
    budget: new Budget(SEARCH_BUDGET),
  };
  try {
    return await read(request);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("WRONGTYPE"))
      throw new InvalidInput("The key has another type now; read it again from the start");
    throw error;
  }
}

const READERS: Record<RedisType, (request: PageRequest) => Promise<RawPage>> = {
  string: readString,
  hash: readHash,
  list: readList,
  set: readSet,
  zset: (request) => (request.match === null ? readZset(request) : readZsetMatches(request)),
  stream: readStream,
};

function isReadable(type: string | null): type is RedisType {
  return type !== null && Object.hasOwn(READERS, type);
}

function stepOf({ length, memoryBytes }: ValueFacts, wanted: number): number {
  const bytesEach = length && memoryBytes ? memoryBytes / length : PAGE_BYTES / 100;
  return Math.max(1, Math.min(wanted, MOST_PER_COMMAND, Math.floor(PAGE_BYTES / bytesEach)));
}

const MOST_STARS = 10;

/** Older Redis tries every way to place every star: many of them stop the server for minutes (CVE-2022-36021). */
function checkGlob(glob: string): string {
  const simple = glob.replace(/\*{2,}/g, "*");
  if (simple.split("*").length - 1 > MOST_STARS)
    throw new InvalidInput(`match: at most ${MOST_STARS} stars, got ${simple.split("*").length - 1}`);
  return simple;
}
