// The dry run of a bulk act: finds the keys it would change and freezes them as a list. It walks in pages, pausing as
// long as it worked, and can be stopped between any two.

import { BULK_MAX_KEYS, type BulkState } from "../../contracts/key-bulk.ts";
import type { KeyFilter, KeyRow } from "../../contracts/keys.ts";
import type { Keyspace } from "../../core/keyspace.ts";
import type { Connections } from "../../core/redis/connections.ts";
import { lengthFingerprint } from "../../core/user-cache/edit-fingerprint.ts";
import type { Seen } from "../../core/user-cache/editor.ts";
import { fromKeyId } from "../../explorer/bytes.ts";
import { type DescribedKey, describeKeys } from "../../explorer/describe.ts";
import { findKeys } from "../../explorer/find.ts";
import { paced } from "../paced.ts";
import { refusalOf as policyRefusal } from "./policy.ts";

/** Which keys: those selected, or all that a filter finds. */
export type Selection = { readonly keys: readonly string[] } | { readonly filter: Partial<KeyFilter> };

const PAGE = 200;
const SAMPLE = 20;
/** Names are the bulk of a frozen list: 100,000 of them are allowed 64 MB, long ones end it earlier. */
const MAX_NAME_BYTES = 64 * 1024 * 1024;
/** What an undo record needs per key beside its value, see edit-undo.lua. */
const UNDO_OVERHEAD_BYTES = 200;

/** A plan in the making, and then the frozen list. */
export class BulkPlan {
  examined = 0;
  total = 0;
  complete = false;
  bytes = 0;
  readonly sample: KeyRow[] = [];
  readonly refused: Record<string, number> = {};
  readonly list: Seen[] = [];
  count = 0;
  #nameBytes = 0;
  readonly #seen = new Set<string>();

  get isFull(): boolean {
    return this.list.length >= BULK_MAX_KEYS || this.#nameBytes >= MAX_NAME_BYTES;
  }

  add({ name, row }: DescribedKey): void {
    // A walk may meet a key twice.
    if (this.isFull || this.#seen.has(row.k)) return;
    this.#seen.add(row.k);
    const because = refusalOf(row);
    if (because !== null) {
      this.refuse(because, 1);
      return;
    }
    this.count++;
    this.list.push({ key: name, expected: lengthFingerprint(row.type ?? "", row.length ?? 0) });
    this.#nameBytes += name.length;
    this.bytes += bytesOf(row);
    if (this.sample.length < SAMPLE) this.sample.push(row);
  }

  refuse(because: string, count: number): void {
    if (count > 0) this.refused[because] = (this.refused[because] ?? 0) + count;
  }

  /** What the undo space would have to hold. */
  undoBytes(withValues: boolean): number {
    return this.#nameBytes + this.count * UNDO_OVERHEAD_BYTES + (withValues ? this.bytes : 0);
  }

  /** The list is final: what was needed to find it may go. */
  freeze(complete: boolean): void {
    this.complete = complete;
    this.#seen.clear();
  }

  /** The list is done with; its figures stay. */
  release(): void {
    this.list.length = 0;
  }

  get facts(): Omit<BulkState["plan"], "undo"> {
    const { examined, total, complete, count, bytes, sample, refused } = this;
    return { examined, total, complete, count, bytes, sample, refused: { ...refused } };
  }
}

interface Parts {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
}

/** Fills `plan`. @throws the signal's reason when aborted */
export async function makePlan(parts: Parts, plan: BulkPlan, select: Selection, signal: AbortSignal): Promise<void> {
  if ("keys" in select) await planSelected(parts, plan, select.keys, signal);
  else await planFiltered(parts, plan, { search: "", mode: "prefix", ...select.filter }, signal);
}

async function planSelected(parts: Parts, plan: BulkPlan, ks: readonly string[], signal: AbortSignal): Promise<void> {
  const { connections, keyspace } = parts;
  const names = [...new Set(ks)].map(fromKeyId);
  const ours = names.filter((name) => keyspace.contains(name));
  plan.total = names.length;
  plan.refuse("not in this namespace", names.length - ours.length);
  for (let first = 0; first < ours.length; first += PAGE) {
    const page = ours.slice(first, first + PAGE);
    const found = await paced(signal, () => describeKeys(connections, keyspace, page));
    for (const key of found) plan.add(key);
    plan.refuse("gone already", page.length - found.length);
    plan.examined += page.length;
  }
  plan.freeze(true);
}

async function planFiltered(parts: Parts, plan: BulkPlan, filter: KeyFilter, signal: AbortSignal): Promise<void> {
  let cursor: string | null | undefined;
  do {
    const options = { ...parts, filter, limit: PAGE, signal, cursor: cursor ?? undefined };
    const page = await paced(signal, () => findKeys(options));
    for (const key of page.keys) plan.add(key);
    plan.examined += page.examined;
    plan.total = page.total;
    cursor = page.cursor;
  } while (cursor !== null && !plan.isFull);
  plan.freeze(cursor === null);
}

function refusalOf(row: KeyRow): string | null {
  const isKnown = row.type !== null && row.length !== null;
  return policyRefusal(row)?.message ?? (isKnown ? null : "Redis does not tell its type or length.");
}

function bytesOf({ type, length, memoryBytes }: KeyRow): number {
  return (type === "string" ? length : memoryBytes) ?? 0;
}
