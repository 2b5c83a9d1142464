// Fetching again what changed behind a page's back.

import type { Query, QueryClient, QueryKey } from "@tanstack/react-query";

const LATER_MS = 300;

/**
 * Marks answers as out of date and fetches those on screen again. A further page that somebody has asked for comes
 * first: TanStack would cancel it, and the press of "Load more" would be lost.
 */
export function refresh(client: QueryClient, queryKey: QueryKey): void {
  void client.invalidateQueries({ queryKey, predicate: (query) => !isPaging(query) });
  for (const query of client.getQueryCache().findAll({ queryKey, predicate: isPaging }))
    setTimeout(() => refresh(client, query.queryKey), LATER_MS);
}

function isPaging({ state }: Query): boolean {
  return state.fetchStatus === "fetching" && state.fetchMeta?.fetchMore !== undefined;
}
