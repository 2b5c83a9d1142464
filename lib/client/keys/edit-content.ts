// What stands in an editor, and the bytes it means: text for text, hex digits for everything else.

import type { Bytes } from "../../contracts/bytes.ts";
import { bytesOf, textBytes, textOf, toBytes } from "../bytes.ts";
import { parseHex, toHex } from "../hex.ts";

export type ContentForm = "text" | "hex";

export function formOf(data: Uint8Array): ContentForm {
  return textOf(data) === null ? "hex" : "text";
}

export function contentOf(data: Uint8Array): string {
  return textOf(data) ?? toHex(data);
}

export type ParsedContent =
  | { readonly value: Bytes; readonly error: null }
  | { readonly value: null; readonly error: string };

/** A lone surrogate is no UTF-8: it would come back as another character. */
export function parseContent(content: string, form: ContentForm): ParsedContent {
  if (form === "text") {
    return content.isWellFormed()
      ? { value: textBytes(content), error: null }
      : { value: null, error: "It holds half a character (a lone surrogate), which has no bytes" };
  }
  const { data, error } = parseHex(content);
  return data === null ? { value: null, error } : { value: toBytes(data), error: null };
}

/** For a diff: text as it is, bytes as a hex dump. */
export function readable(value: Bytes | null, form: ContentForm): string {
  if (value === null) return "";
  return form === "text" && value.encoding === "utf8" ? value.data : toHex(bytesOf(value));
}

export function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
