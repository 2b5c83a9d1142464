import { dehydrate, HydrationBoundary, QueryClient, type QueryKey } from "@tanstack/react-query";
import type { ReactNode } from "react";

export interface Prefetch {
  readonly queryKey: QueryKey;
  /** The service that also answers the route. */
  readonly load: () => Promise<unknown>;
}

/** Hands a page's first answers to the browser's cache. What fails here is simply asked again from there. */
export async function Prefetched({ queries, children }: { queries: readonly Prefetch[]; children: ReactNode }) {
  const client = new QueryClient();
  await Promise.all(
    queries.map(({ queryKey, load }) => client.prefetchQuery({ queryKey, queryFn: load, retry: false })),
  );
  return <HydrationBoundary state={dehydrate(client)}>{children}</HydrationBoundary>;
}
