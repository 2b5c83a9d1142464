// Bytes as text, as a hex dump, and as base64: the ways of showing that fit any bytes.

import { isUtf8 } from "node:buffer";
import { displayName } from "../bytes.ts";
import { wholeCharacters } from "./printer.ts";

export interface Shown {
  readonly text: string;
  readonly truncated: boolean;
}

/** UTF-8 as it is. In other bytes what is no UTF-8 stands as `\xNN` (and then a backslash as `\\`); lines stay lines. */
export function showText(bytes: Buffer, capBytes: number): Shown {
  const end = wholeCharacters(bytes, capBytes);
  const whole = bytes.subarray(0, end);
  const text = isUtf8(whole)
    ? whole.toString()
    : displayName(whole).replace(/\\(?:\\|x09|x0a|x0d)/g, (escaped) => LAYOUT[escaped] ?? escaped);
  return { text: text.slice(0, capBytes), truncated: end < bytes.length || text.length > capBytes };
}

const LAYOUT: Record<string, string> = { "\\x09": "\t", "\\x0a": "\n", "\\x0d": "\r" };

const ROW = 16;
/** `00000010  68 65 6c 6c 6f 20 77 6f  72 6c 64                 hello world     ` and the line's end. */
const ROW_BYTES = 77;
const HEX_AT = 10;
const ASCII_AT = 60;
const DIGITS = Buffer.from("0123456789abcdef");
const [SPACE, DOT, LINE_END] = [0x20, 0x2e, 0x0a];

/** A dump of up to 8 MB: written byte by byte, because a string for every row takes ten times as long. */
export function showHex(bytes: Buffer, capBytes: number): Shown {
  const shown = bytes.subarray(0, Math.floor(capBytes / ROW_BYTES) * ROW);
  const dump = Buffer.alloc(Math.ceil(shown.length / ROW) * ROW_BYTES, SPACE);
  for (let at = 0; at < shown.length; at++) {
    const [row, column] = [Math.floor(at / ROW) * ROW_BYTES, at % ROW];
    if (column === 0) writeOffset(dump, row, at);
    const byte = shown[at]!;
    const hex = row + HEX_AT + column * 3 + (column < ROW / 2 ? 0 : 1);
    dump[hex] = DIGITS[byte >> 4]!;
    dump[hex + 1] = DIGITS[byte & 15]!;
    dump[row + ASCII_AT + column] = byte >= 0x20 && byte < 0x7f ? byte : DOT;
    dump[row + ROW_BYTES - 1] = LINE_END;
  }
  return { text: dump.toString("latin1").trimEnd(), truncated: shown.length < bytes.length };
}

function writeOffset(dump: Buffer, row: number, offset: number): void {
  for (let digit = 0; digit < 8; digit++) dump[row + digit] = DIGITS[(offset >>> (28 - 4 * digit)) & 15]!;
}

export function showBase64(bytes: Buffer, capBytes: number): Shown {
  const fits = Math.floor(capBytes / 4) * 3;
  return { text: bytes.subarray(0, fits).toString("base64"), truncated: bytes.length > fits };
}

/** The bytes that base64 (or base64url) text stands for; null when it is not exactly that. */
export function fromBase64(bytes: Buffer): Buffer | null {
  const text = bytes.toString("latin1").replace(/\r?\n/g, "");
  if (!/^(?:[A-Za-z0-9+/]+={0,2}|[A-Za-z0-9_-]+={0,2})$/.test(text)) return null;
  const decoded = Buffer.from(text, "base64");
  const bare = text.replace(/=+$/, "");
  const again = decoded.toString(/[-_]/.test(bare) ? "base64url" : "base64").replace(/=+$/, "");
  return again === bare ? decoded : null;
}

/** Which part of the bytes reads as text, 0 to 1: no controls but tab and line ends, and no bytes that are no UTF-8. */
export function textShare(bytes: Buffer): number {
  const sample = bytes.subarray(0, wholeCharacters(bytes, 4_096));
  const isText = isUtf8(sample) ? isCharacterByte : isAsciiByte;
  return sample.length === 0 ? 1 : sample.filter(isText).length / sample.length;
}

function isCharacterByte(byte: number): boolean {
  return byte >= 0x80 || isAsciiByte(byte);
}

function isAsciiByte(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
