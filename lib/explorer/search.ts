// Turns what an operator looks for into what Redis is asked: `lanes` (MATCH patterns, each inside the namespace by its
// first characters) and `names` (keys to look up without a walk). Patterns and names are latin1: one character per byte.
//
// A search text is compared with the name after the namespace and, for user-cache keys, also after `user_cache:`; a text
// that is itself a full name works too. Each of these readings is a lane, and the lanes are walked side by side.

import type { KeyFilter } from "../contracts/keys.ts";
import { InvalidInput } from "../core/errors.ts";
import { escapeGlob, type Keyspace } from "../core/keyspace.ts";
import { parseDisplayName } from "./bytes.ts";
import { globMatches, literalHead } from "./glob.ts";
import { placesOf } from "./key-class.ts";

/** What to ask Redis for. Without lanes nothing is walked. */
export interface Search {
  readonly lanes: readonly Buffer[];
  readonly names: readonly Buffer[];
  /** The largest COUNT that keeps a step short. */
  readonly maxCount: number;
  /** Whether a name that a lane brought up is one the operator means. */
  readonly isMeant: (name: Buffer) => boolean;
}

/** SCAN with COUNT 1000 takes 0.6 ms in a keyspace of 1.2 million keys; ten times that would delay others. */
const MAX_COUNT = 1_000;
/** Matching one name can take time in proportion to its length times the glob's: a class of 5,000 characters made one
 * SCAN take 2.5 s. So globs are bounded, and beyond a few characters looked for in smaller steps. */
const MAX_GLOB = 512;
const GLOB_STEP = 32_000;

type SearchFilter = Pick<KeyFilter, "search" | "mode" | "classes">;

/** The lanes and names of a filter; the filter's classes, types, TTL and sizes still have to be checked per key. */
export function compileSearch(keyspace: Keyspace, filter: SearchFilter): Search {
  if (filter.mode === "exact")
    return {
      lanes: [],
      names: exactNames(keyspace, filter.search).map(toBuffer),
      maxCount: MAX_COUNT,
      isMeant: () => true,
    };
  if (filter.mode === "glob" && filter.search.length > MAX_GLOB)
    throw new InvalidInput(`A glob may have at most ${MAX_GLOB} characters; search by prefix or exact name instead`);
  const texts = textsOf(filter);
  const readings = rootsOf(keyspace).flatMap((root) => texts.map((text) => ({ root, text })));
  const { prefixes, names } = placesOf(keyspace, filter.classes);
  const lanes = prefixes.flatMap((place) =>
    readings.flatMap((reading) =>
      filter.mode === "glob" ? globLane(keyspace, place, reading) : prefixLane(keyspace, place, reading),
    ),
  );
  const isWanted = (name: string) =>
    readings.some(({ root, text }) =>
      filter.mode === "glob" ? globMatches(escapeGlob(root) + text, name) : name.startsWith(root + text),
    );
  return {
    lanes: withoutCovered(lanes, filter.mode).map(toBuffer),
    names: names.filter(isWanted).map(toBuffer),
    maxCount:
      filter.mode === "glob" ? Math.min(MAX_COUNT, Math.floor(GLOB_STEP / (filter.search.length + 1))) : MAX_COUNT,
    isMeant: meantBy(keyspace, filter.mode, readings),
  };
}

/** `user_cache:` is not in the names operators see, so a text that ends within it (`user`, `u*`) does not mean every
 * user-cache key, only those whose own name it fits. */
function meantBy(
  { userCachePrefix }: Keyspace,
  mode: KeyFilter["mode"],
  readings: readonly Reading[],
): (name: Buffer) => boolean {
  const headOf = ({ root, text }: Reading) => root + (mode === "glob" ? literalHead(text) : text);
  const texts = readings.filter(({ root }) => root === userCachePrefix).map(({ text }) => text);
  const goesBeyond = readings.some(
    (reading) => reading.root !== userCachePrefix && headOf(reading).startsWith(userCachePrefix),
  );
  const prefix = toBuffer(userCachePrefix);
  return (name) => {
    if (goesBeyond || !name.subarray(0, prefix.length).equals(prefix)) return true;
    const own = latin1(name.subarray(prefix.length));
    return texts.some((text) => (mode === "glob" ? globMatches(text, own) : own.startsWith(text)));
  };
}

interface Reading {
  /** What stands before the text in a full name. */
  readonly root: string;
  readonly text: string;
}

/** A name that begins with root + text, narrowed to a place. The text alone must spell out a whole scope to count. */
function prefixLane(keyspace: Keyspace, place: string, { root, text }: Reading): string[] {
  const wanted = root + text;
  if (root === "" && !keyspace.contains(wanted)) return [];
  if (wanted.startsWith(place)) return [wanted];
  return place.startsWith(wanted) ? [place] : [];
}

/** Two globs cannot be intersected: the lane keeps to the scope, and classes are checked on the names it finds. */
function globLane(keyspace: Keyspace, place: string, { root, text }: Reading): string[] {
  const head = root + literalHead(text);
  if (!keyspace.contains(head)) return [];
  return head.startsWith(place) || place.startsWith(head) ? [escapeGlob(root) + text] : [];
}

/** Drops lanes that another lane already covers, and makes prefixes patterns. */
function withoutCovered(lanes: readonly string[], mode: KeyFilter["mode"]): string[] {
  const unique = [...new Set(lanes)];
  if (mode === "glob") return unique;
  return unique
    .filter((lane) => !unique.some((other) => other !== lane && lane.startsWith(other)))
    .map((lane) => `${escapeGlob(lane)}*`);
}

/** An operator may type a name as it is shown (`\xff`, `\\`) or as it is: both are tried. */
function textsOf({ search, mode }: SearchFilter): string[] {
  const literal = latin1(Buffer.from(search));
  const shown = mode === "glob" ? null : parseDisplayName(search);
  return shown === null ? [literal] : [...new Set([literal, latin1(shown)])];
}

function exactNames(keyspace: Keyspace, search: string): string[] {
  const texts = textsOf({ search, mode: "exact" });
  const names = rootsOf(keyspace).flatMap((root) => texts.map((text) => root + text));
  return [...new Set(names)].filter((name) => keyspace.contains(name));
}

/** What a search text may be preceded by in a full name; "" for a text that is a full name itself. */
function rootsOf(keyspace: Keyspace): string[] {
  const scopes = keyspace.scopes.flatMap((scope) => ("prefix" in scope ? [scope.prefix] : []));
  return [...new Set(["", keyspace.systemPrefix, ...scopes, keyspace.userCachePrefix])];
}

function latin1(bytes: Buffer): string {
  return bytes.toString("latin1");
}

function toBuffer(text: string): Buffer {
  return Buffer.from(text, "latin1");
}
