import { dehydrate, HydrationBoundary, QueryClient, type QueryKey } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Context } from "@/lib/server/context";
import { pageContext } from "@/lib/server/page";

interface Prefetch {
  readonly queryKey: QueryKey;
  /** Asks the service that also answers the route: one of `context.runtime.services`. */
  readonly load: (context: Context) => Promise<unknown>;
}

/** Hands a page's first answers to the browser's cache. What fails here is simply asked again from there. */
export async function Prefetched({ queries, children }: { queries: readonly Prefetch[]; children: ReactNode }) {
  const { me, context } = await pageContext();
  const client = new QueryClient();
  // While Redis is away a page must not wait for it.
  const worthAsking = me.link.state === "ready" ? queries : [];
  await Promise.all(
    worthAsking.map(({ queryKey, load }) =>
      client.prefetchQuery({ queryKey, queryFn: () => load(context), retry: false }),
    ),
  );
  return <HydrationBoundary state={dehydrate(client)}>{children}</HydrationBoundary>;
}
