// What the copy menu puts on the clipboard. Only what is really there: a masked or cut part is never passed off as whole.

import type { Bytes, Part } from "../../contracts/bytes.ts";
import type { ValuePage } from "../../contracts/key-values.ts";
import { bytesOf, oneLine } from "../bytes.ts";
import { toHex } from "../hex.ts";
import { keyText, readCommand, writeCommands } from "./redis-cli.ts";

export const COPY_FORMS = [
  { id: "value", label: "Value" },
  { id: "json", label: "JSON" },
  { id: "hex", label: "Hex" },
  { id: "write", label: "redis-cli that writes it" },
  { id: "read", label: "redis-cli that reads it" },
] as const;

export type CopyForm = (typeof COPY_FORMS)[number]["id"];

interface Copied {
  readonly k: string;
  readonly name: string;
  readonly ttlMs: number;
  readonly page: ValuePage;
}

/** The text, or null when something in it is masked or cut, or the form does not fit. */
export function copyText(form: CopyForm, { k, name, ttlMs, page }: Copied): string | null {
  switch (form) {
    case "value":
      return valueText(page);
    case "json":
      return jsonText(keyText(k) ?? name, ttlMs, page);
    case "hex":
      return page.type === "string" && page.part.data !== null && !page.part.masked
        ? toHex(bytesOf(page.part.data))
        : null;
    case "write":
      return writeCommands(k, page, ttlMs);
    case "read":
      return readCommand(k, page.type);
  }
}

/** How much of the key `page` is, when it is not all: `the first 100 of 5,000`. */
export function copiedShare(page: ValuePage): string | null {
  if (page.type === "string") {
    return page.part.truncated || page.cursor !== null ? "only the first part of the value" : null;
  }
  return page.cursor === null ? null : `the first ${page.items.length} of ${page.length} elements`;
}

function valueText(page: ValuePage): string | null {
  if (page.type === "string") return page.part.data && !page.part.masked ? clipboardText(page.part.data) : null;
  const lines = itemsOf(page).map((parts) => parts.map((part) => part && oneLine(part)));
  return lines.some((line) => line.includes(null)) ? null : lines.map((line) => line.join("\t")).join("\n");
}

/** Text as it is; bytes that are no text as base64, which at least loses nothing. */
function clipboardText(value: Bytes): string {
  return value.encoding === "utf8" ? value.data : btoa(String.fromCharCode(...bytesOf(value)));
}

function itemsOf(page: Exclude<ValuePage, { type: "string" }>): (Bytes | null)[][] {
  switch (page.type) {
    case "hash":
      return page.items.map(({ field, value }) => [whole(field), whole(value)]);
    case "list":
      return page.items.map(({ value }) => [whole(value)]);
    case "set":
      return page.items.map(({ member }) => [whole(member)]);
    case "zset":
      return page.items.map(({ score, member }) => [{ encoding: "utf8", data: score }, whole(member)]);
    case "stream":
      return page.items.map(({ id, fields }) => [
        { encoding: "utf8", data: id },
        ...fields.flatMap(({ field, value }) => [whole(field), whole(value)]),
      ]);
  }
}

function whole(part: Part): Bytes | null {
  return part.truncated || part.masked ? null : part.data;
}

function jsonText(name: string, ttlMs: number, page: ValuePage): string | null {
  const value = page.type === "string" ? stringJson(page.part) : jsonItems(page);
  if (value === null) return null;
  return JSON.stringify({ name, type: page.type, ttlMs, value }, null, 2);
}

function stringJson({ data, masked }: Part): unknown {
  return data === null || masked ? null : jsonBytes(data);
}

function jsonItems(page: Exclude<ValuePage, { type: "string" }>): unknown[] | null {
  const items = itemsOf(page);
  if (items.some((parts) => parts.includes(null))) return null;
  return items.map((parts) => {
    const values = parts.map((part) => part && jsonBytes(part));
    return values.length === 1 ? values[0] : values;
  });
}

/** Text stays text: parsing it would change what 2^53 + 1 is. */
function jsonBytes(value: Bytes): unknown {
  return value.encoding === "utf8" ? value.data : { base64url: value.data };
}
