// The walks this tab knows, one per filter: Back to an earlier filter shows its rows at once. Changes made here, and
// those the live stream tells about, reach every one of them.

import { useSyncExternalStore } from "react";
import { type KeyRow, listKeys } from "../../contracts/keys.ts";
import { call } from "../api.ts";
import type { FilterQuery } from "./filter-url.ts";
import { IDLE_SCAN, KeyScan, type ScanState } from "./scan.ts";

const KEPT = 5;
/** The first page is small, to be there at once. */
const PAGE_SIZE = { first: 100, next: 500 };
const scans = new Map<string, KeyScan>();

export function scanFor(filter: FilterQuery): KeyScan {
  const name = JSON.stringify(filter);
  const scan = scans.get(name) ?? new KeyScan((cursor, signal) => fetchPage(filter, cursor, signal));
  // Last used goes last; the one unused for longest makes room.
  scans.delete(name);
  scans.set(name, scan);
  for (const oldest of scans.keys()) if (scans.size > KEPT) scans.delete(oldest);
  return scan;
}

function fetchPage(filter: FilterQuery, cursor: string | null, signal: AbortSignal) {
  const page = cursor === null ? { limit: PAGE_SIZE.first } : { limit: PAGE_SIZE.next, cursor };
  return call(listKeys, { query: { ...filter, ...page }, signal });
}

const idle = () => IDLE_SCAN;

export function useScan(scan: KeyScan): ScanState {
  return useSyncExternalStore(scan.subscribe, scan.getState, idle);
}

/** Tells every walk about keys that changed or vanished. */
export function updateListed(fresh: readonly KeyRow[], gone: readonly string[] = []): void {
  for (const scan of scans.values()) scan.update(fresh, gone);
}
