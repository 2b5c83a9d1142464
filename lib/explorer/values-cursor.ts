// Where the next page of a value begins, as text: the type, and what its reader needs to go on.

import type { RedisType } from "../contracts/keys.ts";
import { InvalidInput } from "../core/errors.ts";

/**
 * offset   bytes into a string, index in a list, rank in a zset
 * scan     Redis' own cursor of HSCAN, SSCAN or ZSCAN
 * after    digest of the last element shown of a collection that Redis answers only whole
 * id       a stream entry; the page begins after it
 */
export type ValueCursor =
  | { readonly kind: "offset"; readonly at: number }
  | { readonly kind: "scan"; readonly at: string }
  | { readonly kind: "after"; readonly at: string }
  | { readonly kind: "id"; readonly at: string };

const SHAPES: Record<ValueCursor["kind"], RegExp> = {
  offset: /^\d{1,15}$/,
  scan: /^\d{1,20}$/,
  after: /^[0-9a-f]{16}$/,
  id: /^\d{1,20}-\d{1,20}$/,
};

const KINDS: Record<RedisType, readonly ValueCursor["kind"][]> = {
  string: ["offset"],
  list: ["offset"],
  zset: ["offset", "scan", "after"],
  hash: ["scan", "after"],
  set: ["scan", "after"],
  stream: ["id"],
};

export function cursorText(type: RedisType, { kind, at }: ValueCursor): string {
  return `${type}.${kind}.${at}`;
}

/** Reads a cursor that is meant for a value of this type; null at the beginning. @throws {InvalidInput} */
export function checkCursor(type: RedisType, text: string | undefined): ValueCursor | null {
  if (text === undefined) return null;
  const [cursorType, kind, at = "", ...rest] = text.split(".");
  const known = KINDS[type].find((candidate) => candidate === kind);
  if (cursorType !== type || rest.length > 0 || !known || !SHAPES[known].test(at))
    throw new InvalidInput(`cursor: it does not belong to this ${type}; read it again from the start`);
  return known === "offset" ? { kind: known, at: Number(at) } : { kind: known, at };
}
