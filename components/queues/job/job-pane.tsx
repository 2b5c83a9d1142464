"use client";

import { useQuery } from "@tanstack/react-query";
import { FileQuestion } from "lucide-react";
import dynamic from "next/dynamic";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { EmptyState } from "@/components/ui/empty-state";
import { Loaded } from "@/components/ui/loaded";
import { closePane, Pane } from "@/components/ui/pane";
import { StatusPill } from "@/components/ui/status";
import { TabPanel, Tabs } from "@/components/ui/tabs";
import { ApiFailure } from "@/lib/client/api";
import { formatFigure } from "@/lib/client/format";
import { usePolling } from "@/lib/client/live";
import { queueQueries } from "@/lib/client/queues/queries";
import { JOB_PARTS, type JobPart } from "@/lib/client/queues/view";
import { stateWords } from "@/lib/client/queues/words";
import type { JobDetail } from "@/lib/contracts/queue-jobs";
import { changeQueueView, closeJob, useQueueView } from "../queue/use-queue-view";
import { JobActions } from "./job-actions";
import { JobOverview } from "./job-overview";
import { JobTextBlock } from "./job-text-block";

const JobLogs = dynamic(() => import("./job-logs").then((file) => file.JobLogs));
const JobFlow = dynamic(() => import("../flows/job-flow").then((file) => file.JobFlow));

/** One job: how it stands and how it came there, what is in it, and what can be done with it. */
export function JobPane({ queue, id }: { queue: string; id: string }) {
  const query = useQuery({ ...queueQueries.job(queue, id), refetchInterval: usePolling() });
  const { data, error } = query;
  const isGone = error instanceof ApiFailure && error.code === "JOB_NOT_FOUND";
  return (
    <Pane
      label="Job"
      title={<Title id={id} name={data?.name ?? "Job"} />}
      actions={
        <>
          <CopyButton text={id} label="Copy the id" size="sm" />
          {data && !isGone ? <State state={data.state} /> : null}
        </>
      }
      onClose={closeJob}
    >
      <Loaded query={query} what="This job could not be read" absent={() => <Gone />}>
        {(job) => (
          <>
            <JobActions job={job} />
            <Parts job={job} ahead={query.dataUpdatedAt - job.asOf} />
          </>
        )}
      </Loaded>
    </Pane>
  );
}

function Title({ id, name }: { id: string; name: string }) {
  return (
    <span className="flex items-baseline gap-2" title={`${name} ${id}`}>
      <span className="max-w-3/5 shrink-0 truncate">{name}</span>
      <span className="truncate font-mono text-label font-normal text-muted">{id}</span>
    </span>
  );
}

function State({ state }: Pick<JobDetail, "state">) {
  const { tone, label, sentence } = stateWords(state);
  return (
    <span className="shrink-0" title={sentence}>
      <StatusPill tone={tone}>{label}</StatusPill>
    </span>
  );
}

function Gone() {
  return (
    <EmptyState
      icon={FileQuestion}
      title="This job is gone"
      action={<Button onClick={() => closePane(closeJob)}>Back to the list</Button>}
    >
      It was removed, or the queue keeps only so many finished jobs.
    </EmptyState>
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
