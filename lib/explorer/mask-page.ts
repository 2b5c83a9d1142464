// Turns a page as Redis gave it into the page that is answered: bytes for JSON, long elements cut, secrets masked.

import type { Part } from "../contracts/bytes.ts";
import type { ValuePage } from "../contracts/key-values.ts";
import { toBytes } from "./bytes.ts";
import { wholeCharacters } from "./decoders/printer.ts";
import { globMatches } from "./glob.ts";
import type { Masking } from "./mask.ts";
import { findHidden, hidesString } from "./mask-judge.ts";
import type { RawPage, StringPage } from "./values.ts";

interface PresentOptions {
  readonly masking: Masking;
  /** The search the page answers. */
  readonly match?: string | undefined;
  /** Reads a whole string whose format must be read to be masked. */
  readonly readWhole: () => Promise<Buffer>;
}

/** The page to answer. */
export async function presentPage(page: RawPage, options: PresentOptions): Promise<ValuePage> {
  if (page.type === "string") return presentString(page, options);
  const { masking } = options;
  const veil = new Veil(masking, await findHidden(partsOf(page), masking));
  const isFound = (...parts: Part[]) => isFoundIn(parts, options.match);
  const { length, cursor } = page;
  switch (page.type) {
    case "hash": {
      const items = page.items.map(({ field, value, ttlMs }) => ({
        field: veil.part(field),
        value: veil.part(value, { name: field }),
        ttlMs,
      }));
      return { type: page.type, length, cursor, items: items.filter(({ field }) => isFound(field)) };
    }
    case "list": {
      const items = page.items.map(({ index, value }) => ({ index, value: veil.part(value) }));
      return { type: page.type, length, cursor, items: items.filter(({ value }) => isFound(value)) };
    }
    case "set": {
      const items = page.items.map(({ member }) => ({ member: veil.part(member) }));
      return { type: page.type, length, cursor, items: items.filter(({ member }) => isFound(member)) };
    }
    case "zset": {
      const items = page.items.map(({ member, score }) => ({ member: veil.part(member), score }));
      return { type: page.type, length, cursor, items: items.filter(({ member }) => isFound(member)) };
    }
    case "stream": {
      const items = page.items.map(({ id, fields }) => ({
        id,
        fields: fields.map(({ field, value }) => ({
          field: veil.part(field),
          value: veil.part(value, { name: field }),
        })),
      }));
      const found = items.filter(({ fields }) => isFound(...fields.flatMap(({ field, value }) => [field, value])));
      return { type: page.type, length, cursor, items: found, groups: [...page.groups] };
    }
  }
}

async function presentString(page: StringPage, { masking, readWhole }: PresentOptions): Promise<ValuePage> {
  const { length, cursor, offset, end, window, windowStart } = page;
  const about = { totalBytes: length, truncated: cursor !== null || offset > 0 };
  const part = async (): Promise<Part> => {
    if (await hidesString(page, masking, readWhole)) return { data: null, ...about, masked: true };
    const [from, to] = [offset - windowStart, end - windowStart];
    if (masking === null || masking === "all")
      return { data: toBytes(window.subarray(from, to)), ...about, masked: false };
    const { bytes, masked } = masking.window(window, from, to);
    return { data: toBytes(bytes), ...about, masked };
  };
  return { type: "string", length, cursor, offset, part: await part() };
}

function partsOf(page: Exclude<RawPage, StringPage>): Buffer[] {
  switch (page.type) {
    case "hash":
      return page.items.flatMap(({ field, value }) => [field, value]);
    case "list":
      return page.items.map(({ value }) => value);
    case "stream":
      return page.items.flatMap(({ fields }) => fields.flatMap(({ field, value }) => [field, value]));
    default:
      return page.items.map(({ member }) => member);
  }
}

/** Whether something in a page is masked. */
export function isMasked(page: ValuePage): boolean {
  return page.type === "string" ? page.part.masked : page.items.some(holdsMasked);
}

/** Items differ by type; what is masked says so wherever it stands in them. */
function holdsMasked(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return ("masked" in value && value.masked === true) || Object.values(value).some(holdsMasked);
}

/** A search must not find by what it may not see, or secrets could be guessed letter by letter. */
function isFoundIn(parts: readonly Part[], match: string | undefined): boolean {
  if (match === undefined || match === "" || !parts.some(({ masked }) => masked)) return true;
  const glob = Buffer.from(match).toString("latin1");
  return parts.some(
    ({ data }) => data !== null && globMatches(glob, Buffer.from(data.data, data.encoding).toString("latin1")),
  );
}

const ELEMENT_BYTES = 16 * 1024;
/** What the parts of a page may add up to; beyond it each is cut shorter. */
const PAGE_BYTES = 1024 * 1024;
const CROWDED_BYTES = 256;

class Veil {
  readonly #masking: Masking;
  readonly #hidden: ReadonlySet<Buffer>;
  #bytes = 0;

  constructor(masking: Masking, hidden: ReadonlySet<Buffer>) {
    this.#masking = masking;
    this.#hidden = hidden;
  }

  /** One element, or what may be seen of it; `name` is the field it is the value of. */
  part(bytes: Buffer, { name }: { name?: Buffer } = {}): Part {
    const totalBytes = bytes.length;
    const masking = this.#masking;
    const isSecret = masking !== null && masking !== "all" && name && masking.isSensitiveName(name.toString("latin1"));
    if (masking === "all" || isSecret || this.#hidden.has(bytes))
      return { data: null, totalBytes, truncated: false, masked: true };
    const { bytes: shown, masked } = masking?.bytes(bytes) ?? { bytes, masked: false };
    const limit = this.#bytes > PAGE_BYTES ? CROWDED_BYTES : ELEMENT_BYTES;
    const start = shown.subarray(0, wholeCharacters(shown, limit));
    this.#bytes += start.length;
    return { data: toBytes(start), totalBytes, truncated: start.length < shown.length, masked };
  }
}
