// Bytes and commands as the redis-cli prompt takes them.

import type { Bytes } from "../../contracts/bytes.ts";
import type { ValuePage } from "../../contracts/key-values.ts";
import { bytesOf, decodeBase64url, textOf, toBytes } from "../bytes.ts";

const PLAIN = /^[\w:.,/@%+=-]+$/;
const NAMED: Record<string, string> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\x07": "\\a",
};

/** One argument: bare when nothing in it needs care, else in double quotes with \xNN for what cannot be typed. */
export function quote(value: Bytes): string {
  if (value.encoding === "utf8") {
    if (PLAIN.test(value.data)) return value.data;
    return `"${value.data.replace(/["\\]|\p{Cc}/gu, escapeCharacter)}"`;
  }
  return `"${Array.from(bytesOf(value), escapeByte).join("")}"`;
}

function escapeCharacter(character: string): string {
  const named = NAMED[character];
  if (named) return named;
  // U+0080–U+009F are control characters too, of two bytes each in UTF-8.
  return Array.from(new TextEncoder().encode(character), hex).join("");
}

function escapeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  if (NAMED[character]) return NAMED[character];
  return byte >= 0x20 && byte < 0x7f ? character : hex(byte);
}

function hex(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}

/** The full name of a key, as an argument. */
function quoteKey(k: string): string {
  return quote(toBytes(decodeBase64url(k)));
}

/** The name of a key as text when it is text, for the clipboard. */
export function keyText(k: string): string | null {
  return textOf(decodeBase64url(k));
}

/** The command that reads a key of this type. */
export function readCommand(k: string, type: string): string {
  const key = quoteKey(k);
  switch (type) {
    case "hash":
      return `HSCAN ${key} 0 COUNT 100`;
    case "list":
      return `LRANGE ${key} 0 99`;
    case "set":
      return `SSCAN ${key} 0 COUNT 100`;
    case "zset":
      return `ZRANGE ${key} 0 99 WITHSCORES`;
    case "stream":
      return `XREVRANGE ${key} + - COUNT 100`;
    default:
      return `GET ${key}`;
  }
}

/** The commands that would write what `page` holds; null when an element of it is masked or cut. */
export function writeCommands(k: string, page: ValuePage, ttlMs: number): string | null {
  const key = quoteKey(k);
  const write = writeCommand(key, page);
  if (write === null || ttlMs < 0) return write;
  return page.type === "string" ? `${write} PX ${ttlMs}` : `${write}\nPEXPIRE ${key} ${ttlMs}`;
}

interface PartLike {
  readonly data: Bytes | null;
  readonly truncated: boolean;
  readonly masked: boolean;
}

function writeCommand(key: string, page: ValuePage): string | null {
  switch (page.type) {
    case "string":
      return command("SET", key, [page.part]);
    case "hash":
      return command(
        "HSET",
        key,
        page.items.flatMap((item) => [item.field, item.value]),
      );
    case "list":
      return command(
        "RPUSH",
        key,
        page.items.map((item) => item.value),
      );
    case "set":
      return command(
        "SADD",
        key,
        page.items.map((item) => item.member),
      );
    case "zset":
      return command(
        "ZADD",
        key,
        page.items.flatMap((item) => [item.score, item.member]),
      );
    case "stream":
      return lines(
        page.items.map((item) => {
          const fields = item.fields.flatMap((pair) => [pair.field, pair.value]);
          return command("XADD", key, [item.id, ...fields]);
        }),
      );
  }
}

function command(verb: string, key: string, parts: readonly (PartLike | string)[]): string | null {
  const words = parts.map((part) => {
    if (typeof part === "string") return part;
    return part.data === null || part.truncated || part.masked ? null : quote(part.data);
  });
  return words.includes(null) ? null : [verb, key, ...words].join(" ");
}

function lines(commands: readonly (string | null)[]): string | null {
  return commands.includes(null) ? null : commands.join("\n");
}
