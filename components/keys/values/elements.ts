import { elementId, oneLine, textBytes } from "@/lib/client/bytes";
import type { Part } from "@/lib/contracts/bytes";
import type { ValuePage } from "@/lib/contracts/key-values";

export type ElementPage = Exclude<ValuePage, { type: "string" }>;

/** One element as a row: what finds it (field, index, score, id) and what it holds. */
export interface Element {
  readonly id: string;
  readonly label: string | Part;
  readonly value: Part;
  /** The name beside the value, in stream entries of several fields. */
  readonly field: string | null;
  /** Milliseconds to live of a hash field; null when it has none. */
  readonly ttlMs: number | null;
  /** How the decoder is told which element is meant; null where it cannot be (a cut or masked name). */
  readonly decodeAs: string | null;
}

const idOf = (part: Part, fallback: string) => (part.data === null ? fallback : elementId(part.data));
const decodeAs = (part: Part) => (part.data === null || part.truncated || part.masked ? null : elementId(part.data));

export function rowsOf(page: ElementPage): Element[] {
  switch (page.type) {
    case "hash":
      return page.items.map(({ field, value, ttlMs }, at) => ({
        id: idOf(field, `field ${at}`),
        label: field,
        value,
        field: null,
        ttlMs,
        decodeAs: decodeAs(field),
      }));
    case "list":
      return page.items.map(({ index, value }) => ({
        id: String(index),
        label: String(index),
        value,
        field: null,
        ttlMs: null,
        decodeAs: elementId(textBytes(String(index))),
      }));
    case "set":
      return page.items.map(({ member }, at) => ({
        id: idOf(member, `member ${at}`),
        label: "",
        value: member,
        field: null,
        ttlMs: null,
        decodeAs: decodeAs(member),
      }));
    case "zset":
      return page.items.map(({ member, score }, at) => ({
        id: idOf(member, `member ${at}`),
        label: score,
        value: member,
        field: null,
        ttlMs: null,
        decodeAs: decodeAs(member),
      }));
    case "stream":
      return page.items.flatMap(({ id, fields }) =>
        fields.map(({ field, value }, at) => ({
          id: `${id} ${at}`,
          label: at === 0 ? id : "",
          value,
          field: field.data === null ? "masked" : oneLine(field.data),
          ttlMs: null,
          decodeAs: null,
        })),
      );
  }
}

export function hasMasked(page: ElementPage): boolean {
  return rowsOf(page).some((row) => row.value.masked);
}
