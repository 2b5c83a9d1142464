"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { FailureState } from "@/components/ui/failure-state";
import { SkeletonRows, useSkeleton } from "@/components/ui/skeleton";
import { type Draft, draftOf } from "@/lib/client/keys/drafts";
import { contentOf } from "@/lib/client/keys/edit-content";
import { KEEP_TTL } from "@/lib/client/keys/ttl";
import { loadWholeValue } from "@/lib/client/keys/whole-value";
import { useMe } from "@/lib/client/me";
import { allows } from "@/lib/contracts/endpoint";
import { EditorForm } from "./editor-form";

/** Loads the whole value once; from then on the editor holds what the operator saw, whatever happens outside. */
export function Editor({ k }: { k: string }) {
  const mayReveal = allows(useMe().role, "admin");
  const [kept] = useState(() => draftOf(k));
  const whole = useQuery({
    queryKey: ["editor", k],
    queryFn: ({ signal }) => loadWholeValue(k, mayReveal, signal),
    enabled: kept === undefined,
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const showsSkeleton = useSkeleton(kept === undefined && whole.isPending);
  const draft: Draft | undefined =
    kept ?? (whole.data && { base: whole.data, content: contentOf(whole.data.data), ttl: KEEP_TTL });
  if (draft) return <EditorForm k={k} initial={draft} isKept={kept !== undefined} />;
  if (whole.error) {
    return (
      <FailureState
        what="This value cannot be edited"
        error={whole.error}
        onRetry={() => void whole.refetch()}
        retrying={whole.isFetching}
      />
    );
  }
  return showsSkeleton ? <SkeletonRows rows={6} /> : null;
}
