// Loads a whole string for the editor, together with the fingerprint of exactly these bytes. A cut value must never
// reach an editor: saving it would destroy the rest.

import { getKey, type KeyDetail, MAX_EDIT_BYTES } from "../contracts/keys.ts";
import { call } from "./api.ts";
import { bytesOf, joinBytes } from "./bytes.ts";
import { fetchValue } from "./key-queries.ts";

export interface WholeValue {
  readonly data: Uint8Array;
  readonly key: KeyDetail;
  /** When it was read, by this browser's clock. */
  readonly seenAt: number;
}

const PAGE_KIB = 1_000;
const ATTEMPTS = 4;

/** @throws when the value is masked, too large to edit, or changes faster than it can be read */
export async function loadWholeValue(k: string, signal: AbortSignal): Promise<WholeValue> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await call(getKey, { params: { k }, signal });
    const data = await readAll(k, signal);
    const key = await call(getKey, { params: { k }, signal });
    if (before.fingerprint === key.fingerprint && data.length === key.valueBytes)
      return { data, key, seenAt: Date.now() };
  }
  throw new Error("This value is being rewritten faster than it can be read whole. Try again in a moment.");
}

async function readAll(k: string, signal: AbortSignal): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  let cursor: string | undefined;
  do {
    const page = await fetchValue(k, { count: PAGE_KIB, cursor }, null, signal);
    if (page.type !== "string") throw new Error(`This key is a ${page.type} now; only strings are edited.`);
    if (page.part.data === null) throw new Error("This value is masked and cannot be edited.");
    const part = bytesOf(page.part.data);
    parts.push(part);
    bytes += part.length;
    if (bytes > MAX_EDIT_BYTES) throw new Error("Values above 1 MB are not edited here; download it instead.");
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return joinBytes(parts);
}
