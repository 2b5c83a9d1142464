"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { SearchX } from "lucide-react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { FailureState } from "@/components/ui/failure-state";
import { SkeletonRows, useSkeleton } from "@/components/ui/skeleton";
import { formatCount, plural } from "@/lib/client/format";
import { filterOf, queueQueries } from "@/lib/client/queues/queries";
import type { QueueView } from "@/lib/client/queues/view";
import type { JobRow } from "@/lib/contracts/queue-jobs";
import type { JobState, QueueDetail } from "@/lib/contracts/queues";
import { changeQueueView } from "../queue/use-queue-view";
import { useWalk, WalkStatus } from "../use-walk";
import { JobTable } from "./job-table";

/** What a search found so far: it walks in steps, says how far it is, and stops when told. */
export function FoundJobs({ detail, state, view }: { detail: QueueDetail; state: JobState; view: QueueView }) {
  const query = useInfiniteQuery(queueQueries.search(detail.name, state, view));
  const { data, error, hasNextPage, refetch } = query;
  const skeleton = useSkeleton(query.isPending);
  const jobs = uniqueJobs(data?.pages ?? []);
  const last = data?.pages.at(-1);
  const unread = (data?.pages ?? []).reduce((sum, page) => sum + page.unread, 0);
  const walk = useWalk(query, jobs.length);
  return (
    <>
      <WalkStatus walk={walk}>
        {last
          ? `${plural(jobs.length, "job")} found; examined ${formatCount(last.examined)} of ${formatCount(last.total)}${last.complete ? "." : walk.walks ? " …" : ", stopped there."}${unread > 0 ? ` Not looked through: the data of ${plural(unread, "job")}, more than 4 MB each.` : ""}`
          : "Looking …"}
      </WalkStatus>
      {error && jobs.length === 0 ? (
        <FailureState what="The search failed" error={error} onRetry={() => void refetch()} />
      ) : jobs.length > 0 ? (
        <JobTable
          detail={detail}
          state={state}
          jobs={jobs}
          ahead={0}
          total={jobs.length}
          filter={{ state, filter: filterOf(view) }}
        />
      ) : last && !walk.walks ? (
        <EmptyState
          icon={SearchX}
          title={hasNextPage ? "Nothing found so far" : "No job of this state matches"}
          action={<Button onClick={() => changeQueueView({ q: "" })}>Clear the search</Button>}
        >
          {hasNextPage ? "Part of the state has not been looked at yet." : "Another state may hold it."}
        </EmptyState>
      ) : skeleton ? (
        <SkeletonRows rows={8} />
      ) : null}
    </>
  );
}

/** Jobs move while the walk goes on, so one may be met twice: the first counts. */
function uniqueJobs(pages: readonly { readonly jobs: readonly JobRow[] }[]): JobRow[] {
  const found = new Map<string, JobRow>();
  for (const { jobs } of pages) for (const job of jobs) if (!found.has(job.id)) found.set(job.id, job);
  return [...found.values()];
}
