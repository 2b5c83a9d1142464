// Secrets inside a format that must be read first: gzip, v8, MessagePack, base64 of those. They cannot be cut out of the
// bytes, so an element that holds one is hidden whole; the decoders then show its harmless rest. What is too large to be
// read is judged by its signature and by the names that stand in it, and in doubt hidden.

import { isUtf8 } from "node:buffer";
import { judge } from "./decode.ts";
import { CAPS } from "./decoders/caps.ts";
import { looksLikeGzip, looksLikeZlib } from "./decoders/compression.ts";
import { fromBase64 } from "./decoders/text.ts";
import { looksLikeV8 } from "./decoders/v8.ts";
import type { Mask, Masking } from "./mask.ts";
import type { StringPage } from "./values.ts";

/** Whether a mask would hide something in a value, in whatever format it is. */
export async function containsSensitive(bytes: Buffer, mask: Mask): Promise<boolean> {
  if (mask.bytes(bytes).masked) return true;
  const [hides] = mayBePacked(bytes) ? await judge([bytes], mask) : [false];
  return hides ?? false;
}

/** Those of the elements that are to be hidden whole. */
export async function findHidden(elements: readonly Buffer[], masking: Masking): Promise<Set<Buffer>> {
  if (masking === null || masking === "all") return new Set();
  const doubtful = elements.filter(mayBePacked);
  const answers = await judge(doubtful, masking);
  return new Set(doubtful.filter((_, index) => answers[index]));
}

/** Whether a string is to be hidden whole; one that is plain text never is, its secrets can be cut out. */
export async function hidesString(
  page: StringPage,
  masking: Masking,
  readWhole: () => Promise<Buffer>,
): Promise<boolean> {
  if (masking === null || masking === "all") return masking === "all";
  if (isPieceOfText(page.head) && !isBase64(page.head) && isPieceOfText(page.window)) return false;
  if (page.length > CAPS.inputBytes) return hasSignature(page.head) || masking.bytes(page.window).masked;
  const isWhole = page.windowStart === 0 && page.window.length >= page.length;
  const [hides] = await judge([isWhole ? page.window : await readWhole()], masking);
  return hides ?? true;
}

/** Whether the bytes could be something else than the text they seem. */
function mayBePacked(bytes: Buffer): boolean {
  return !isUtf8(bytes) || isBase64(bytes);
}

/** Whether there is nothing but base64's letters; the shortest JSON with a secret in it takes twelve. */
function isBase64(bytes: Buffer): boolean {
  return bytes.length >= 12 && /^[\w+/=\r\n-]+$/.test(bytes.toString("latin1"));
}

function hasSignature(head: Buffer): boolean {
  const inner = fromBase64(head.subarray(0, head.length & ~3));
  return [head, inner ?? head].some((bytes) => looksLikeGzip(bytes) || looksLikeZlib(bytes) || looksLikeV8(bytes));
}

/** Whether bytes cut out of a longer value are UTF-8, apart from the characters cut at their ends. */
function isPieceOfText(bytes: Buffer): boolean {
  const start = [0, 1, 2, 3].find((at) => ((bytes[at] ?? 0) & 0xc0) !== 0x80) ?? 0;
  return [0, 1, 2, 3].some((cut) => isUtf8(bytes.subarray(start, bytes.length - cut)));
}
