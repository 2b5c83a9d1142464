"use client";

import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import type * as z from "zod";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Loaded } from "@/components/ui/loaded";
import { type AuditAct, type AuditView, DEFAULT_AUDIT_VIEW, isFiltered, writeAuditView } from "@/lib/client/audit";
import type { listAudit } from "@/lib/contracts/audit";
import { AuditTable } from "./audit-table";
import { changeAuditView } from "./use-audit-view";

/** The pages of the log read so far. */
export type AuditQuery = UseInfiniteQueryResult<InfiniteData<z.output<typeof listAudit.reply>>>;

export function AuditRecords({ query, acts, view }: { query: AuditQuery; acts: readonly AuditAct[]; view: AuditView }) {
  return (
    <Loaded query={query} what="The audit could not be read" rows={14}>
      {() => (
        <>
          {acts.length > 0 ? (
            <AuditTable acts={acts} scope={writeAuditView(view)} />
          ) : (
            <Nothing query={query} view={view} />
          )}
          {acts.length > 0 && query.hasNextPage ? (
            <div className="flex justify-center border-t border-line p-3">
              <More query={query} label="Load more" />
            </div>
          ) : null}
        </>
      )}
    </Loaded>
  );
}

function Nothing({ query, view }: { query: AuditQuery; view: AuditView }) {
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
        action={
          <Button onClick={() => changeAuditView({ ...DEFAULT_AUDIT_VIEW, log: view.log })}>Clear filters</Button>
        }
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
