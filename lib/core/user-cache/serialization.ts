// How values become bytes, as every program on the wire does it: a string as it is, anything else as JSON; read back by
// JSON.parse, or as it is when that fails. Read that way, the string "123" would come back as the number 123, so a
// string that parses as JSON is written JSON-encoded: then every reader gets the string.

import { isDeepStrictEqual } from "node:util";
import { InvalidInput } from "../errors.ts";

/** What `set` writes. @throws {InvalidInput} for what JSON cannot say (undefined, functions, BigInt, cycles) */
export function serialize(value: unknown): string {
  if (typeof value === "string") return readsAsItself(value) ? value : JSON.stringify(value);
  return toJson(value);
}

/** What `acquire` writes: strings always as they are, so that other programs can release by comparing. */
export function serializeHolder(value: unknown): string {
  return typeof value === "string" ? value : toJson(value);
}

/** What `get` answers for stored text. */
export function parse(text: string): unknown {
  if (!mayBeJson(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Whether stored text means `value`; the order of object keys does not matter. */
export function means(text: string, value: unknown): boolean {
  if (typeof value === "string" && text === value) return true;
  return isDeepStrictEqual(parse(text), typeof value === "string" ? value : JSON.parse(toJson(value)));
}

/** True when the bytes of a string, read back, are that string again. */
function readsAsItself(value: string): boolean {
  // UTF-8 has no lone surrogates; JSON can escape them.
  return value.isWellFormed() && parse(value) === value;
}

function toJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new InvalidInput(`Expected \`value\` to be something JSON can say: ${(cause as Error).message}`);
  }
  if (text === undefined)
    throw new InvalidInput(`Expected \`value\` to be something JSON can say, got ${typeof value}`);
  return text;
}

/** False when the first character already rules JSON out; spares most strings an exception. */
function mayBeJson(text: string): boolean {
  return /^[\s"{[\-0-9tfn]/.test(text);
}
