"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Freshness } from "@/components/ui/freshness";
import { type SessionsView, sessionInstancesQuery, sessionsQuery } from "@/lib/client/sessions";

/** How old what is on the screen is, and a way to have it anew. */
export function SessionsFreshness({ view: { tab, user } }: { view: SessionsView }) {
  const isList = tab !== "copies";
  const list = useInfiniteQuery({ ...sessionsQuery({ tab: isList ? tab : "index", user }), enabled: isList });
  const copies = useQuery(sessionInstancesQuery);
  const at = isList ? list.dataUpdatedAt : copies.dataUpdatedAt;
  return <Freshness at={at} onRefresh={isList ? list.refetch : copies.refetch} />;
}
