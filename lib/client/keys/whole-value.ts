// Loads a whole string for the editor, together with the fingerprint of exactly these bytes. A cut or masked value must
// never reach an editor: saving it would destroy the rest.

import { MAX_EDIT_BYTES } from "../../contracts/key-edits.ts";
import { getKey, type KeyDetail } from "../../contracts/keys.ts";
import { call } from "../api.ts";
import { bytesOf, joinBytes } from "../bytes.ts";
import { fetchValue, type Reveal } from "./queries.ts";

export interface WholeValue {
  readonly data: Uint8Array;
  readonly key: KeyDetail;
  /** When it was read, by this browser's clock. */
  readonly seenAt: number;
}

const PAGE_KIB = 1_000;
const ATTEMPTS = 4;
/** Goes into the audit when an admin edits a value with secrets in it. */
const TO_EDIT: Reveal = { reason: "Opened in the editor" };

/** @throws when the value is masked for this person, too large to edit, or changes faster than it can be read */
export async function loadWholeValue(k: string, mayReveal: boolean, signal: AbortSignal): Promise<WholeValue> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await call(getKey, { params: { k }, signal });
    const data = await readUnmasked(k, mayReveal, signal);
    const key = await call(getKey, { params: { k }, signal });
    const isWhole = before.fingerprint === key.fingerprint && data.length === key.valueBytes;
    if (isWhole) return { data, key, seenAt: Date.now() };
  }
  throw new Error("This value is being rewritten faster than it can be read whole. Try again in a moment.");
}

async function readUnmasked(k: string, mayReveal: boolean, signal: AbortSignal): Promise<Uint8Array> {
  const data = (await readAll(k, null, signal)) ?? (mayReveal ? await readAll(k, TO_EDIT, signal) : null);
  if (data === null) throw new Error("Parts of this value are masked for you; only an admin can edit it.");
  return data;
}

/** null when any of it is masked. */
async function readAll(k: string, reveal: Reveal | null, signal: AbortSignal): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  let cursor: string | undefined;
  do {
    const page = await fetchValue(k, { count: PAGE_KIB, cursor }, reveal, signal);
    if (page.type !== "string") throw new Error(`This key is a ${page.type} now; only strings are edited.`);
    if (page.part.masked || page.part.data === null) return null;
    const part = bytesOf(page.part.data);
    parts.push(part);
    bytes += part.length;
    if (bytes > MAX_EDIT_BYTES) throw new Error("Values above 1 MB are not edited here; download it instead.");
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return joinBytes(parts);
}
