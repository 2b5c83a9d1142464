"use client";

import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import type * as z from "zod";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { FailureState, StaleNotice } from "@/components/ui/failure-state";
import { SkeletonRows, useSkeleton } from "@/components/ui/skeleton";
import { type AuditAct, type AuditView, DEFAULT_AUDIT_VIEW, isFiltered } from "@/lib/client/audit";
import { useMe } from "@/lib/client/me";
import type { listAudit } from "@/lib/contracts/audit";
import { AuditTable } from "./audit-table";

type AuditQuery = UseInfiniteQueryResult<InfiniteData<z.output<typeof listAudit.reply>>>;

/** Loading, failure, empty, rows: in this order. */
export function AuditRecords({
  query,
  acts,
  view,
  onChange,
}: {
  query: AuditQuery;
  acts: readonly AuditAct[];
  view: AuditView;
  onChange: (part: Partial<AuditView>) => void;
}) {
  const { link } = useMe();
  const skeleton = useSkeleton(query.isPending);
  const { error, errorUpdatedAt: at, dataUpdatedAt, isFetching: retrying, refetch: onRetry } = query;
  const failure = { what: "The audit could not be read", onRetry, retrying };
  if (query.isPending) return skeleton ? <SkeletonRows rows={14} /> : null;
  if (error && !query.data) return <FailureState {...failure} error={error} at={at} />;
  return (
    <>
      {error && link.state === "ready" ? <StaleNotice {...failure} error={error} at={dataUpdatedAt} /> : null}
      {acts.length > 0 ? <AuditTable acts={acts} /> : <Nothing query={query} view={view} onChange={onChange} />}
      {acts.length > 0 && query.hasNextPage ? (
        <div className="flex justify-center border-t border-line p-3">
          <More query={query} label="Load more" />
        </div>
      ) : null}
    </>
  );
}

function Nothing({
  query,
  view,
  onChange,
}: {
  query: AuditQuery;
  view: AuditView;
  onChange: (part: Partial<AuditView>) => void;
}) {
  if (query.hasNextPage)
    return (
      <EmptyState icon={ScrollText} title="Nothing found so far" action={<More query={query} label="Keep looking" />}>
        Older records have not been looked at yet.
      </EmptyState>
    );
  if (isFiltered(view))
    return (
      <EmptyState
        icon={ScrollText}
        title="No record matches these filters"
        action={<Button onClick={() => onChange({ ...DEFAULT_AUDIT_VIEW, log: view.log })}>Clear filters</Button>}
      />
    );
  return view.log === "acts" ? (
    <EmptyState icon={ScrollText} title="Nothing was done here yet">
      Sign-ins and changes appear as they happen.
    </EmptyState>
  ) : (
    <EmptyState icon={ScrollText} title="No sign-in was refused" />
  );
}

function More({ query, label }: { query: AuditQuery; label: string }) {
  return (
    <Button pending={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
      {label}
    </Button>
  );
}
