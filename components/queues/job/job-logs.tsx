"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { FailureState } from "@/components/ui/failure-state";
import { SkeletonRows, useSkeleton } from "@/components/ui/skeleton";
import { formatCount, plural } from "@/lib/client/format";
import { queueQueries } from "@/lib/client/queues/queries";
import type { JobDetail } from "@/lib/contracts/queue-jobs";
import { PromptDialog } from "../prompt-dialog";
import { useJobPrompts } from "./job-prompts";

/** The job's log, the latest line first; older ones when asked for. */
export function JobLogs({ job }: { job: JobDetail }) {
  const query = useInfiniteQuery(queueQueries.logs(job.queue, job.id));
  const skeleton = useSkeleton(query.isPending);
  const [asked, setAsked] = useState<"addLog" | "clearLogs" | null>(null);
  const prompts = useJobPrompts(job);
  const pages = query.data?.pages ?? [];
  const lines = [...new Map(pages.flatMap((page) => page.lines).map((entry) => [entry.index, entry])).values()];
  const total = pages[0]?.total ?? job.logs;
  return (
    <div className="py-2">
      <div className="flex min-h-8 items-center gap-2 px-4 pb-2">
        <p className="min-w-0 flex-1 text-label text-muted">{plural(total, "line")}, latest first</p>
        {job.can.act ? (
          <>
            <Button size="sm" onClick={() => setAsked("addLog")}>
              Add a line…
            </Button>
            <Button size="sm" disabled={total === 0} onClick={() => setAsked("clearLogs")}>
              Clear…
            </Button>
          </>
        ) : null}
      </div>
      {query.error && pages.length === 0 ? (
        <FailureState what="The log could not be read" error={query.error} onRetry={() => void query.refetch()} />
      ) : lines.length > 0 ? (
        <ol className="font-mono text-label">
          {lines.map(({ index, line }) => (
            <li key={index} className="flex gap-3 px-4 py-0.5 hover:bg-hover">
              <span className="w-10 shrink-0 text-right text-muted select-none">{index + 1}</span>
              <span className="min-w-0 flex-1 wrap-anywhere whitespace-pre-wrap">
                {line.text}
                {line.truncated ? <span className="text-muted"> … cut</span> : null}
              </span>
            </li>
          ))}
        </ol>
      ) : query.isPending ? (
        skeleton ? (
          <SkeletonRows rows={4} />
        ) : null
      ) : (
        <EmptyState title="Nothing was logged">A worker writes here with job.log(…).</EmptyState>
      )}
      {query.hasNextPage ? (
        <div className="px-4 py-2">
          <Button size="sm" pending={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            Older lines, of {formatCount(total)}
          </Button>
        </div>
      ) : null}
      {asked ? <PromptDialog prompt={prompts[asked]} onClose={() => setAsked(null)} /> : null}
    </div>
  );
}
