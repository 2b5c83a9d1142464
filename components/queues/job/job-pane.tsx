"use client";

import { useQuery } from "@tanstack/react-query";
import { FileQuestion, X } from "lucide-react";
import dynamic from "next/dynamic";
import { Button, IconButton } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { EmptyState } from "@/components/ui/empty-state";
import { FailureState, StaleNotice } from "@/components/ui/failure-state";
import { SkeletonRows, useSkeleton } from "@/components/ui/skeleton";
import { StatusPill } from "@/components/ui/status";
import { TabPanel, Tabs } from "@/components/ui/tabs";
import { ApiFailure } from "@/lib/client/api";
import { formatFigure } from "@/lib/client/format";
import { useHotkey } from "@/lib/client/hotkeys";
import { usePolling } from "@/lib/client/live";
import { queueQueries } from "@/lib/client/queue-queries";
import { JOB_PARTS, type JobPart } from "@/lib/client/queue-view";
import { stateWords } from "@/lib/client/queue-words";
import type { JobDetail } from "@/lib/contracts/queue-jobs";
import { changeQueueView, useQueueView } from "../queue/use-queue-view";
import { JobActions } from "./job-actions";
import { JobOverview } from "./job-overview";
import { JobTextBlock } from "./job-text-block";

const JobLogs = dynamic(() => import("./job-logs").then((file) => file.JobLogs));
const JobFlow = dynamic(() => import("../flows/job-flow").then((file) => file.JobFlow));

/** One job: how it stands and how it came there, what is in it, and what can be done with it. */
export function JobPane({ queue, id }: { queue: string; id: string }) {
  const query = useQuery({ ...queueQueries.job(queue, id), refetchInterval: usePolling() });
  const { data, error, dataUpdatedAt } = query;
  const skeleton = useSkeleton(query.isPending);
  const retry = () => void query.refetch();
  const isGone = error instanceof ApiFailure && error.code === "JOB_NOT_FOUND";
  return (
    <section aria-label="Job" className="flex min-h-0 flex-1 flex-col bg-panel">
      <Head id={id} job={isGone ? null : (data ?? null)} />
      {isGone ? (
        <EmptyState
          icon={FileQuestion}
          title="This job is gone"
          action={<Button onClick={closePane}>Back to the list</Button>}
        >
          It was removed, or the queue keeps only so many finished jobs.
        </EmptyState>
      ) : data ? (
        <>
          {error ? (
            <StaleNotice what="This job could not be read again" error={error} at={dataUpdatedAt} onRetry={retry} />
          ) : null}
          <JobActions job={data} />
          <Parts job={data} ahead={dataUpdatedAt - data.asOf} />
        </>
      ) : error ? (
        <FailureState what="This job could not be read" error={error} onRetry={retry} retrying={query.isFetching} />
      ) : skeleton ? (
        <SkeletonRows rows={8} />
      ) : null}
    </section>
  );
}

/** Closing gives the keyboard back to the row it came from. */
function Head({ id, job }: { id: string; job: JobDetail | null }) {
  useHotkey("close", closePane);
  const words = job && stateWords(job.state);
  return (
    <header className="flex items-center gap-2 border-b border-line py-2 pr-2 pl-4">
      <h2
        tabIndex={-1}
        ref={focusOnce}
        className="max-w-1/2 shrink-0 truncate font-medium outline-none"
        title={job?.name ?? id}
      >
        {job?.name ?? "Job"}
      </h2>
      <span className="min-w-0 truncate font-mono text-label text-muted" title={id}>
        {id}
      </span>
      <CopyButton text={id} label="Copy the id" size="sm" />
      <span className="ml-auto shrink-0" title={words?.sentence}>
        {words ? <StatusPill tone={words.tone}>{words.label}</StatusPill> : null}
      </span>
      <IconButton label="Close" onClick={closePane}>
        <X className="size-4" aria-hidden />
      </IconButton>
    </header>
  );
}

function Parts({ job, ahead }: { job: JobDetail; ahead: number }) {
  const { part } = useQueueView();
  const children = Object.values(job.children).reduce((sum, count) => sum + count, 0);
  const labels: Record<JobPart, string> = {
    job: "Job",
    stacks: `Stacks ${job.stacks.length}`,
    options: "Options",
    logs: `Logs ${formatFigure(job.logs)}`,
    flow: children > 0 || job.parent !== null ? `Flow ${children > 0 ? formatFigure(children) : ""}` : "Flow",
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <Tabs
        label="What of the job"
        value={part}
        options={JOB_PARTS.map((value) => ({ value, label: labels[value] }))}
        onChange={(next) => changeQueueView({ part: next })}
      >
        {JOB_PARTS.map((value) => (
          <TabPanel key={value} value={value}>
            {value === part ? <Part part={value} job={job} ahead={ahead} /> : null}
          </TabPanel>
        ))}
      </Tabs>
    </div>
  );
}

function Part({ part, job, ahead }: { part: JobPart; job: JobDetail; ahead: number }) {
  switch (part) {
    case "job":
      return <JobOverview job={job} ahead={ahead} />;
    case "stacks":
      return <Stacks job={job} />;
    case "options":
      return <JobTextBlock job={job} field="options" title="Options" text={job.options} isJson />;
    case "logs":
      return <JobLogs job={job} />;
    case "flow":
      return <JobFlow queue={job.queue} id={job.id} />;
  }
}

/** A stack per failed attempt; of long histories BullMQ keeps the last ones. */
function Stacks({ job }: { job: JobDetail }) {
  const { stacks, attemptsMade } = job;
  if (stacks.length === 0)
    return <EmptyState title="No attempt has failed">Each failed attempt leaves its stack.</EmptyState>;
  const dropped = Math.max(0, attemptsMade - stacks.length);
  return (
    <>
      {dropped > 0 ? (
        <p className="px-4 pt-3 text-label text-muted">Older stacks were dropped by the queue's stackTraceLimit.</p>
      ) : null}
      {stacks
        .map((text, at) => ({ text, attempt: dropped + at + 1 }))
        .reverse()
        .map(({ text, attempt }) => (
          <JobTextBlock key={attempt} job={job} field="stacks" title={`Attempt ${attempt}`} text={text} />
        ))}
    </>
  );
}

export function closePane(): void {
  const row = document.querySelector<HTMLElement>("[data-row][aria-expanded=true]");
  changeQueueView({ job: null, part: "job" });
  // On phones the list is invisible, and takes no focus, until the pane is gone.
  requestAnimationFrame(() => requestAnimationFrame(() => row?.focus()));
}

/** One function for ever: React calls a new one at every render, which would pull the focus back. */
function focusOnce(heading: HTMLElement | null): void {
  heading?.focus({ preventScroll: true });
}
