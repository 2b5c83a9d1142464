// What the live stream means for the keys screen: rows and the open key are fetched again, an editor is warned.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { type Census, describeKeys } from "../../contracts/keys.ts";
import type { LiveEvent } from "../../contracts/live.ts";
import { call } from "../api.ts";
import { useLiveEvent, usePolling, useSteadyPolling } from "../live.ts";
import { refresh } from "../refresh.ts";
import { CENSUS_MS, keyQueries, keyScope } from "./queries.ts";
import { RowRefresher } from "./row-refresher.ts";
import type { KeyScan } from "./scan.ts";
import { updateListed } from "./scans.ts";

type KeysEvent = Extract<LiveEvent, { kind: "keys" }>;

const OPEN_KEY_PACE_MS = 1_000;

/** Keeps listed rows and the open key fresh. Tell the returned refresher which rows are visible. */
export function useLiveKeys(scan: KeyScan, openKey: string | null): RowRefresher {
  const [refresher] = useState(() => new RowRefresher(describe, ({ keys, gone }) => updateListed(keys, gone)));
  useEffect(() => refresher.stop, [refresher]);
  const refreshOpenKey = useOpenKeyRefresh(openKey);
  const reportAll = useCallback(() => refresher.report(scan.getState().rows.map((row) => row.k)), [refresher, scan]);

  const onKeys = useCallback(
    (event: KeysEvent) => {
      if (event.all) {
        scan.recover();
        reportAll();
      } else refresher.report(event.keys);
      if (openKey !== null && (event.all || event.keys.includes(openKey))) refreshOpenKey();
    },
    [scan, refresher, reportAll, openKey, refreshOpenKey],
  );
  useLiveEvent("keys", onKeys);

  const interval = usePolling();
  useEffect(() => {
    if (interval === false) return;
    const timer = setInterval(() => {
      reportAll();
      refreshOpenKey();
    }, interval);
    return () => clearInterval(timer);
  }, [interval, reportAll, refreshOpenKey]);
  return refresher;
}

/** How many keys there are of each class, counted anew now and then while the page is awake. */
export function useCensus(): Census | undefined {
  return useQuery({ ...keyQueries.census(), refetchInterval: useSteadyPolling(CENSUS_MS) }).data;
}

async function describe(keys: string[]) {
  return call(describeKeys, { query: { keys: keys.join(",") } });
}

/** Fetches the open key again, its value only when the key really changed, at most once per second. */
function useOpenKeyRefresh(k: string | null): () => void {
  const client = useQueryClient();
  return useCallback(() => {
    if (k === null) return;
    const { queryKey } = keyQueries.detail(k);
    const fetchedAt = client.getQueryState(queryKey)?.dataUpdatedAt ?? 0;
    const wait = Math.max(0, fetchedAt + OPEN_KEY_PACE_MS - Date.now());
    setTimeout(() => refresh(client, keyScope(k)), wait);
  }, [client, k]);
}

export interface LastChange {
  /** The operator, or null when an application did it. */
  readonly by: string | null;
  readonly at: number;
}

/** The last reported change of a key since the component appeared; null while there is none. */
export function useLastChange(k: string): LastChange | null {
  const [change, setChange] = useState<LastChange | null>(null);
  const onKeys = useCallback(
    (event: KeysEvent) => {
      if (event.keys.includes(k)) setChange({ by: event.by, at: Date.now() });
    },
    [k],
  );
  useLiveEvent("keys", onKeys);
  return change;
}
