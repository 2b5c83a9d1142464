"use client";

import { createContext, type ReactNode, use, useCallback, useMemo, useState } from "react";
import { type FilterQuery, filterQuery, type KeysView } from "@/lib/client/keys/filter-url";
import { useLiveKeys } from "@/lib/client/keys/live";
import type { RowRefresher } from "@/lib/client/keys/row-refresher";
import type { KeyScan, ScanState } from "@/lib/client/keys/scan";
import { scanFor, useScan } from "@/lib/client/keys/scans";
import { useKeysView } from "@/lib/client/keys/view";

interface Keys {
  readonly view: KeysView;
  readonly filter: FilterQuery;
  readonly scan: KeyScan;
  readonly state: ScanState;
  readonly refresher: RowRefresher;
  readonly selection: ReadonlySet<string>;
  readonly select: (keys: ReadonlySet<string>) => void;
  /** Whether the open key's value is being edited. */
  readonly editing: boolean;
  readonly setEditing: (editing: boolean) => void;
}

const Context = createContext<Keys | null>(null);

export function useKeys(): Keys {
  const keys = use(Context);
  if (!keys) throw new Error("useKeys needs a KeysProvider above it");
  return keys;
}

export function KeysProvider({ children }: { children: ReactNode }) {
  const view = useKeysView();
  const filterName = JSON.stringify(filterQuery(view));
  const filter = useMemo(() => JSON.parse(filterName) as FilterQuery, [filterName]);
  const scan = useMemo(() => scanFor(filter), [filter]);
  const state = useScan(scan);
  const refresher = useLiveKeys(scan, view.k);
  const [selection, select] = useStateFor(filterName, NOTHING);
  const [editing, setEditing] = useStateFor(view.k ?? "", false);
  const keys = useMemo(
    () => ({ view, filter, scan, state, refresher, selection, select, editing, setEditing }),
    [view, filter, scan, state, refresher, selection, select, editing, setEditing],
  );
  return <Context value={keys}>{children}</Context>;
}

const NOTHING: ReadonlySet<string> = new Set();

/** State that belongs to `owner` and starts anew when the owner changes: a selection to its filter. */
function useStateFor<T>(owner: string, initial: T): [T, (value: T) => void] {
  const [held, setHeld] = useState({ owner, value: initial });
  const set = useCallback((value: T) => setHeld({ owner, value }), [owner]);
  return [held.owner === owner ? held.value : initial, set];
}
