"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, Layers } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { FailureState, StaleNotice } from "@/components/ui/failure-state";
import { SkeletonRows, useSkeleton } from "@/components/ui/skeleton";
import { formatCount } from "@/lib/client/format";
import { usePolling } from "@/lib/client/live";
import { useMe } from "@/lib/client/me";
import { PAGE_ROWS, queueQueries } from "@/lib/client/queue-queries";
import type { QueueView } from "@/lib/client/queue-view";
import { STATE_WORDS } from "@/lib/client/queue-words";
import type { JobState, QueueDetail } from "@/lib/contracts/queues";
import { changeQueueView } from "../queue/use-queue-view";
import { JobTable } from "./job-table";

/** A page of a state's jobs; whatever the state holds, a page is all that is read and drawn. */
export function PagedJobs({ detail, state, view }: { detail: QueueDetail; state: JobState; view: QueueView }) {
  const { link } = useMe();
  const { order, from: offset } = view;
  const query = useQuery({
    ...queueQueries.jobs(detail.name, { state, order, offset }),
    refetchInterval: usePolling(),
  });
  const { data, error, errorUpdatedAt, dataUpdatedAt, isPending, isFetching, refetch } = query;
  const skeleton = useSkeleton(isPending);
  const failure = { what: "The jobs could not be read", onRetry: refetch, retrying: isFetching };
  if (!data)
    return error ? (
      <FailureState {...failure} error={error} at={errorUpdatedAt} />
    ) : skeleton ? (
      <SkeletonRows rows={12} />
    ) : null;
  return (
    <>
      {error && link.state === "ready" ? <StaleNotice {...failure} error={error} at={dataUpdatedAt} /> : null}
      {data.jobs.length > 0 ? (
        <JobTable detail={detail} state={state} jobs={data.jobs} ahead={dataUpdatedAt - data.asOf} total={data.total} />
      ) : data.total > 0 ? (
        <EmptyState icon={Layers} title="There is no such page any more">
          {formatCount(data.total)} jobs are left in this state.
        </EmptyState>
      ) : (
        <EmptyState icon={Layers} title={`No job is ${STATE_WORDS[state].label.toLowerCase()}`}>
          {STATE_WORDS[state].sentence}
        </EmptyState>
      )}
      <Pager offset={offset} shown={data.jobs.length} total={data.total} />
    </>
  );
}

function Pager({ offset, shown, total }: { offset: number; shown: number; total: number }) {
  if (offset === 0 && total <= PAGE_ROWS) return null;
  const go = (from: number) => changeQueueView({ from: Math.max(0, from) });
  return (
    <nav aria-label="Pages" className="flex items-center justify-end gap-1 border-t border-line px-4 py-1.5">
      <span className="mr-2 text-muted">
        {shown === 0 ? "0" : `${formatCount(offset + 1)} – ${formatCount(offset + shown)}`} of {formatCount(total)}
      </span>
      <IconButton label="Previous page" disabled={offset === 0} onClick={() => go(offset - PAGE_ROWS)}>
        <ChevronLeft className="size-4" aria-hidden />
      </IconButton>
      <IconButton label="Next page" disabled={offset + PAGE_ROWS >= total} onClick={() => go(offset + PAGE_ROWS)}>
        <ChevronRight className="size-4" aria-hidden />
      </IconButton>
    </nav>
  );
}
