"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { Time } from "@/components/ui/time";
import { type SessionsView, sessionInstancesQuery, sessionsQuery } from "@/lib/client/sessions";

/** How old what is on the screen is, and a way to have it anew. */
export function Freshness({ view: { tab, user } }: { view: SessionsView }) {
  const isList = tab !== "copies";
  const list = useInfiniteQuery({ ...sessionsQuery({ tab: isList ? tab : "index", user }), enabled: isList });
  const copies = useQuery(sessionInstancesQuery);
  const at = isList ? list.dataUpdatedAt : copies.dataUpdatedAt;
  return (
    <>
      {at > 0 ? (
        <span className="text-label text-muted">
          as of <Time at={at} />
        </span>
      ) : null}
      <IconButton label="Refresh" onClick={() => void (isList ? list : copies).refetch()}>
        <RotateCw aria-hidden className="size-4" strokeWidth={1.75} />
      </IconButton>
    </>
  );
}
