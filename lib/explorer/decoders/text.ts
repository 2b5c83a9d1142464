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
/** `00000010  68 65 6c 6c 6f 20 77 6f  72 6c 64                 hello world` and the line's end. */
const ROW_CHARACTERS = 78;

export function showHex(bytes: Buffer, capBytes: number): Shown {
  const rows = Math.min(Math.ceil(bytes.length / ROW), Math.floor(capBytes / ROW_CHARACTERS));
  const lines = Array.from({ length: rows }, (_, row) => hexRow(bytes, row * ROW));
  return { text: lines.join("\n"), truncated: rows * ROW < bytes.length };
}

function hexRow(bytes: Buffer, offset: number): string {
  const row = bytes.subarray(offset, offset + ROW);
  const pairs = row.toString("hex").match(/../g) ?? [];
  const hex = [pairs.slice(0, 8).join(" "), pairs.slice(8).join(" ")].join("  ").padEnd(48);
  const ascii = row.toString("latin1").replace(/[^\x20-\x7e]/g, ".");
  return `${offset.toString(16).padStart(8, "0")}  ${hex}  ${ascii}`;
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
