// Redis names and values are bytes; JSON and screens want text. A key's identity travels as base64url of its full name,
// so it survives whatever the bytes are. What an operator reads is `displayName`: no two names look alike in it.

import { isUtf8 } from "node:buffer";
import type { Bytes } from "../contracts/bytes.ts";
import { InvalidInput } from "../core/errors.ts";

/** Controls, and marks that would reorder or hide what is read (bidi, BOM, line separators); the joiner of emoji stays. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\]/gu;
const JOINER = "\u200d";

/** A name as text: bytes that are no UTF-8, and unseen characters, as `\xNN`; a backslash as `\\`. One to one. */
export function displayName(name: Uint8Array): string {
  const bytes = asBuffer(name);
  if (isUtf8(bytes)) return showUnseen(bytes.toString());
  let shown = "";
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    const piece = bytes.subarray(at, at + Math.max(1, length));
    shown += length === 0 ? hexEscape(piece) : showUnseen(piece.toString());
    at += piece.length;
  }
  return shown;
}

/** Reads a name the way `displayName` writes it; null when it holds an escape that is none. */
export function parseDisplayName(shown: string): Buffer | null {
  const parts: Buffer[] = [];
  for (const [part, backslash, hex] of shown.matchAll(/\\(?:(\\)|x([0-9a-fA-F]{2}))|[^\\]+|\\/g)) {
    if (part === "\\") return null;
    parts.push(backslash ? Buffer.from("\\") : hex ? Buffer.from(hex, "hex") : Buffer.from(part));
  }
  return Buffer.concat(parts);
}

/** The identity of a key: its full Redis name, base64url without padding. */
export function toKeyId(name: Uint8Array): string {
  return asBuffer(name).toString("base64url");
}

/**
 * The full Redis name behind an identity.
 * @throws {InvalidInput} when `k` is not the one spelling `toKeyId` gives, so that one key never has two identities
 */
export function fromKeyId(k: string): Buffer {
  const name = Buffer.from(k, "base64url");
  if (name.length === 0 || name.toString("base64url") !== k)
    throw new InvalidInput("k must be a key name as base64url");
  return name;
}

/** Bytes for JSON: as text only when the text gives the same bytes back. */
export function toBytes(value: Uint8Array): Bytes {
  const bytes = asBuffer(value);
  return isUtf8(bytes)
    ? { encoding: "utf8", data: bytes.toString() }
    : { encoding: "base64url", data: bytes.toString("base64url") };
}

/** The bytes that travelled as JSON. */
export function fromBytes(bytes: Bytes): Buffer {
  return Buffer.from(bytes.data, bytes.encoding);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function showUnseen(text: string): string {
  return text.replace(UNSEEN, (character) => {
    if (character === "\\") return "\\\\";
    return character === JOINER ? character : hexEscape(Buffer.from(character));
  });
}

function hexEscape(bytes: Buffer): string {
  return bytes.toString("hex").replace(/../g, "\\x$&");
}

/** How many bytes the UTF-8 character at `at` takes; 0 when there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at]!;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const whole = bytes.subarray(at, at + length);
  return whole.length === length && isUtf8(whole) ? length : 0;
}
