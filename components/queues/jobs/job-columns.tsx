"use client";

import type { ReactNode } from "react";
import { Bytes } from "@/components/ui/bytes";
import { ToneMark } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { useNow } from "@/components/ui/use-now";
import { formatDuration } from "@/lib/client/format";
import { progressWords, ranFor } from "@/lib/client/queues/words";
import type { JobRow } from "@/lib/contracts/queue-jobs";
import type { JobState } from "@/lib/contracts/queues";

export interface JobColumn {
  readonly id: string;
  readonly label: string;
  readonly figure?: boolean;
  readonly look: string;
  readonly draw: (job: JobRow, ahead: number) => ReactNode;
}

const DASH = <span className="text-muted">–</span>;
const moment = (at: number | null, ahead: number) => (at === null ? DASH : <Time at={at + ahead} />);

const ATTEMPTS: JobColumn = {
  id: "attempts",
  label: "Attempts",
  figure: true,
  look: "w-20 @max-2xl:hidden",
  draw: ({ attemptsMade, attempts, stalls }) => (
    <span title={stalls > 0 ? `Stalled ${stalls} times` : undefined} className="inline-flex items-center gap-1">
      {stalls > 0 ? <ToneMark tone="warn" /> : null}
      {attemptsMade} / {Math.max(1, attempts)}
    </span>
  ),
};
const ADDED: JobColumn = {
  id: "added",
  label: "Added",
  figure: true,
  look: "w-28 @max-md:w-24",
  draw: ({ addedAt }, ahead) => moment(addedAt, ahead),
};
const SIZE: JobColumn = {
  id: "size",
  label: "Data",
  figure: true,
  look: "w-20 @max-3xl:hidden",
  draw: ({ dataBytes }) => <Bytes bytes={dataBytes} />,
};
const PRIORITY: JobColumn = {
  id: "priority",
  label: "Priority",
  figure: true,
  look: "w-20",
  draw: ({ priority }) => (priority === 0 ? DASH : priority),
};
const DUE: JobColumn = {
  id: "due",
  label: "Due",
  figure: true,
  look: "w-28",
  draw: ({ dueAt }, ahead) => (dueAt === null ? DASH : <Due at={dueAt + ahead} />),
};
const WORKER: JobColumn = {
  id: "worker",
  label: "Worker",
  look: "w-32 @max-3xl:hidden",
  draw: ({ worker }) => (worker === null ? DASH : <span title={worker}>{worker}</span>),
};
const PROGRESS: JobColumn = {
  id: "progress",
  label: "Progress",
  figure: true,
  look: "w-24",
  draw: ({ progress }) => {
    const words = progressWords(progress);
    return words === null ? DASH : <span title={words}>{words}</span>;
  },
};
const RUNNING: JobColumn = {
  id: "running",
  label: "Running for",
  figure: true,
  look: "w-26",
  draw: (job, ahead) => <RanFor job={job} ahead={ahead} />,
};
const TOOK: JobColumn = { ...RUNNING, id: "took", label: "Took", look: "w-24 @max-xl:hidden" };
const FINISHED: JobColumn = {
  id: "finished",
  label: "Finished",
  figure: true,
  look: "w-28 @max-md:w-24",
  draw: ({ finishedAt }, ahead) => moment(finishedAt, ahead),
};
const FAILURE: JobColumn = {
  id: "failure",
  label: "Failure",
  look: "w-2/5 @max-xl:hidden",
  draw: ({ failedReason }) => (failedReason === null ? DASH : <span title={failedReason}>{failedReason}</span>),
};

const COLUMNS: Record<JobState, readonly JobColumn[]> = {
  active: [PROGRESS, ATTEMPTS, WORKER, RUNNING],
  waiting: [SIZE, ATTEMPTS, ADDED],
  prioritized: [PRIORITY, SIZE, ATTEMPTS, ADDED],
  delayed: [SIZE, ATTEMPTS, { ...ADDED, look: "w-28 @max-2xl:hidden" }, DUE],
  "waiting-children": [SIZE, ATTEMPTS, ADDED],
  paused: [SIZE, ATTEMPTS, ADDED],
  completed: [WORKER, ATTEMPTS, TOOK, FINISHED],
  failed: [FAILURE, ATTEMPTS, FINISHED],
};

/** What is worth knowing of jobs in this state, beside id and name. */
export function columnsOf(state: JobState): readonly JobColumn[] {
  return COLUMNS[state];
}

/** When it is due; past that, that it is late. */
function Due({ at }: { at: number }) {
  const isLate = useNow() > at + 1_000;
  return (
    <span className="inline-flex items-center gap-1" suppressHydrationWarning>
      {isLate ? <ToneMark tone="warn" /> : null}
      <Time at={at} />
    </span>
  );
}

function RanFor({ job, ahead }: { job: JobRow; ahead: number }) {
  const ms = ranFor(job, useNow() - ahead);
  return ms === null ? DASH : <span suppressHydrationWarning>{formatDuration(ms)}</span>;
}
