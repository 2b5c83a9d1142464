"use client";

import Link from "next/link";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Fact } from "@/components/ui/fact";
import { Meter } from "@/components/ui/meter";
import { ToneMark } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { useNow } from "@/components/ui/use-now";
import { formatDuration } from "@/lib/client/format";
import { jobHref } from "@/lib/client/queues/queues";
import type { JobDetail } from "@/lib/contracts/queue-jobs";
import { EditDataDialog } from "./edit-data-dialog";
import { JobTextBlock } from "./job-text-block";
import { JobTimeline } from "./job-timeline";

/** The failure first, then how the job came there, then what is in it. */
export function JobOverview({ job, ahead }: { job: JobDetail; ahead: number }) {
  const [editing, setEditing] = useState(false);
  const hasProgress = job.progress !== null && job.progress !== 0;
  return (
    <>
      {job.failure === null ? null : <Failure text={job.failure.text} isOver={job.state === "failed"} />}
      {typeof job.progress === "number" && job.state === "active" ? (
        <div className="px-4 pt-3">
          <Meter share={job.progress / 100} />
        </div>
      ) : null}
      <Facts job={job} ahead={ahead} />
      <JobTimeline steps={job.timeline} ahead={ahead} />
      <JobTextBlock
        job={job}
        field="data"
        title="Data"
        text={job.data}
        isJson
        action={
          job.can.updateData ? (
            <Button size="sm" variant="ghost" onClick={() => setEditing(true)}>
              Edit
            </Button>
          ) : null
        }
      />
      {job.returnValue === null ? null : (
        <JobTextBlock job={job} field="returnvalue" title="Return value" text={job.returnValue} isJson />
      )}
      {hasProgress ? <JobTextBlock job={job} field="progress" title="Progress" text={job.progressText} isJson /> : null}
      {editing ? <EditDataDialog job={job} onClose={() => setEditing(false)} /> : null}
    </>
  );
}

function Failure({ text, isOver }: { text: string; isOver: boolean }) {
  return (
    <div className="mx-4 mt-3 flex gap-2 rounded-control bg-bad-tint px-3 py-2 text-bad-ink">
      <ToneMark tone="bad" onTint className="mt-0.5" />
      <p className="min-w-0 break-words whitespace-pre-wrap">
        {isOver ? "" : "The attempt before failed: "}
        {text}
      </p>
    </div>
  );
}

function Facts({ job, ahead }: { job: JobDetail; ahead: number }) {
  const { lock, parent, schedulerId, deduplicationId, priority, dueAt, state } = job;
  return (
    <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-4 gap-y-1.5 px-4 py-3">
      <Fact name="Attempts">
        {job.attemptsMade} of {Math.max(1, job.attempts)}
        {job.attemptsStarted > job.attemptsMade ? `, started ${job.attemptsStarted} times` : ""}
        {job.stalls > 0 ? `, stalled ${job.stalls} times` : ""}
      </Fact>
      {priority > 0 ? <Fact name="Priority">{priority}</Fact> : null}
      {state === "delayed" && dueAt !== null ? (
        <Fact name="Due">
          <Time at={dueAt + ahead} />
        </Fact>
      ) : null}
      {job.worker === null ? null : <Fact name="Worker">{job.worker}</Fact>}
      {state === "active" ? (
        <Fact name="Lock">
          {lock === null ? (
            <span className="text-warn-ink">
              nobody holds it: its worker is gone; another will find it stalled, or fail it here
            </span>
          ) : (
            <>
              {lock.worker ?? "a worker"} holds it for <Left until={job.asOf + ahead + lock.remainingMs} />
              <span className="block truncate font-mono text-label text-muted" title={lock.token}>
                {lock.token}
              </span>
            </>
          )}
        </Fact>
      ) : null}
      {parent === null ? null : (
        <Fact name="Parent">
          {parent.isForeign || parent.queue === null || parent.id === null ? (
            <span className="text-muted">a job under another prefix</span>
          ) : (
            <Link href={jobHref(parent.queue, parent.id)} className="underline underline-offset-2">
              {parent.queue} <span className="font-mono text-label">{parent.id}</span>
            </Link>
          )}
        </Fact>
      )}
      {schedulerId === null ? null : (
        <Fact name="Scheduler">
          <span className="font-mono text-label">{schedulerId}</span>
        </Fact>
      )}
      {deduplicationId === null ? null : (
        <Fact name="Deduplication">
          <span className="font-mono text-label">{deduplicationId}</span>
        </Fact>
      )}
      {job.can.because === null || !job.can.act ? null : (
        <Fact name="Not possible">
          <span className="text-muted">{job.can.because}</span>
        </Fact>
      )}
    </dl>
  );
}

function Left({ until }: { until: number }) {
  return <span suppressHydrationWarning>{formatDuration(Math.max(0, until - useNow()))}</span>;
}
