"use client";

import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { FailureState, StaleNotice } from "@/components/ui/failure-state";
import { Skeleton, useSkeleton } from "@/components/ui/skeleton";
import { ApiFailure } from "@/lib/client/api";
import { keyQueries } from "@/lib/client/key-queries";
import { Editor } from "../editing/editor";
import { useKeys } from "../keys-context";
import { ValuePane } from "../values/value-pane";
import { closeInspector } from "./close";
import { InspectorHeader } from "./inspector-header";
import { KeyActions } from "./key-actions";
import { KeyFacts } from "./key-facts";

/** One key: what it is, whose it is, its figures, what may be done with it, and its value. */
export function Inspector({ k }: { k: string }) {
  const { editing } = useKeys();
  const key = useQuery(keyQueries.detail(k));
  const isGone = key.error instanceof ApiFailure && key.error.code === "KEY_NOT_FOUND";
  const retry = () => void key.refetch();
  return (
    <section aria-label="Inspector" className="flex min-h-0 flex-1 flex-col bg-panel">
      <InspectorHeader k={k} row={key.data} />
      {isGone ? (
        <Gone />
      ) : key.data ? (
        <>
          {key.error ? (
            <StaleNotice
              what="This key could not be read again"
              error={key.error}
              at={key.dataUpdatedAt}
              onRetry={retry}
            />
          ) : null}
          {editing ? (
            <Editor k={k} />
          ) : (
            <div className="min-h-0 flex-1 overflow-y-auto">
              <KeyFacts detail={key.data} seenAt={key.dataUpdatedAt} />
              <KeyActions detail={key.data} />
              <ValuePane detail={key.data} />
            </div>
          )}
        </>
      ) : key.error ? (
        <FailureState what="This key could not be read" error={key.error} onRetry={retry} retrying={key.isFetching} />
      ) : (
        <Loading />
      )}
    </section>
  );
}

function Gone() {
  return (
    <EmptyState
      icon={KeyRound}
      title="There is no such key now"
      action={<Button onClick={closeInspector}>Back to the list</Button>}
    >
      It was deleted, has expired, was evicted, or never was in this namespace.
    </EmptyState>
  );
}

function Loading() {
  const shown = useSkeleton(true);
  if (!shown) return null;
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-5 p-4">
      {["w-2/3", "w-1/2", "w-3/5", "w-2/5"].map((width) => (
        <Skeleton key={width} className={width} />
      ))}
    </div>
  );
}
