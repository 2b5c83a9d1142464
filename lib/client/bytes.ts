// Bytes in the browser. Text stays text; anything that is no UTF-8 travels and is edited as bytes, never as a guess.

import type { Bytes } from "../contracts/bytes.ts";

const encoder = new TextEncoder();
// ignoreBOM keeps a leading U+FEFF in the text: what was not touched must go back byte for byte.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function decodeBase64url(text: string): Uint8Array {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export function encodeBase64url(data: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < data.length; at += 8_192) binary += String.fromCharCode(...data.subarray(at, at + 8_192));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The text of bytes that are valid UTF-8, else null. */
export function textOf(data: Uint8Array): string | null {
  try {
    return decoder.decode(data);
  } catch {
    return null;
  }
}

export function bytesOf(value: Bytes): Uint8Array {
  return value.encoding === "utf8" ? encoder.encode(value.data) : decodeBase64url(value.data);
}

export function toBytes(data: Uint8Array): Bytes {
  const text = textOf(data);
  return text === null ? { encoding: "base64url", data: encodeBase64url(data) } : { encoding: "utf8", data: text };
}

export function textBytes(text: string): Bytes {
  return { encoding: "utf8", data: text };
}

/** How many bytes they are, without decoding them. */
export function byteLength(value: Bytes): number {
  return value.encoding === "utf8" ? encoder.encode(value.data).length : Math.floor((value.data.length * 3) / 4);
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The identity of an element (a hash field, a member) for `element` parameters. */
export function elementId(value: Bytes): string {
  return value.encoding === "base64url" ? value.data : encodeBase64url(encoder.encode(value.data));
}

/** Controls, and marks that would reorder or hide what is read (bidi, BOM, line separators). */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** Without it an emoji falls into its parts; alone it hides nothing. */
const JOINER = "\u200d";
const NAMED: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", [JOINER]: JOINER };

function showUnseen(text: string): string {
  return text.replace(UNSEEN, (character) => {
    return NAMED[character] ?? Array.from(encoder.encode(character), hexEscape).join("");
  });
}

function hexEscape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}

/** One line for a table cell: unseen characters and bytes that are no text are shown as escapes. */
export function oneLine(value: Bytes): string {
  if (value.encoding === "utf8") return showUnseen(value.data);
  let line = "";
  for (const byte of decodeBase64url(value.data)) {
    line += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : hexEscape(byte);
  }
  return line;
}
