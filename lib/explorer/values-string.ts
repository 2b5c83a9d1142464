// A piece of a string. More is read than is shown, so that a mask sees what a secret at the edge belongs to.

import { wholeCharacters } from "./decoders/printer.ts";
import type { PageRequest, StringPage } from "./values.ts";
import { cursorText } from "./values-cursor.ts";

/** A name and its value are found together when they lie within so many bytes. */
const BEFORE = 1024 * 1024;
const AFTER = 16 * 1024;
const HEAD = 64;

export async function readString({ connections, name, at, count }: PageRequest): Promise<StringPage> {
  const offset = at?.kind === "offset" ? at.at : 0;
  const windowStart = Math.max(0, offset - BEFORE);
  const [length, window, head] = (await Promise.all([
    connections.call("STRLEN", name),
    connections.callBuffer("GETRANGE", name, windowStart, offset + count * 1024 + AFTER),
    connections.callBuffer("GETRANGE", name, 0, HEAD - 1),
  ])) as [number, Buffer, Buffer];
  const wanted = Math.min(offset + count * 1024, windowStart + window.length) - windowStart;
  const end = windowStart + Math.max(offset - windowStart, wholeCharacters(window, wanted));
  return {
    type: "string",
    length,
    cursor: end < length ? cursorText("string", { kind: "offset", at: end }) : null,
    ...{ offset, end, window, windowStart, head },
  };
}
