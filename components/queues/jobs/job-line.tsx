import { clsx } from "clsx";
import { CalendarClock, GitBranch } from "lucide-react";
import type { ReactNode } from "react";
import { Middle } from "@/components/ui/middle";
import { Cell, Row } from "@/components/ui/table";
import type { JobRow } from "@/lib/contracts/queue-jobs";
import { changeQueueView } from "../queue/use-queue-view";
import type { JobColumn } from "./job-columns";

/** One job; the whole row is a target for the mouse, the keyboard has the button. */
export function JobLine({
  job,
  index,
  columns,
  gone,
  open,
  ahead,
  tick,
}: {
  job: JobRow;
  index: number;
  columns: readonly JobColumn[];
  gone: boolean;
  open: boolean;
  ahead: number;
  tick: ReactNode;
}) {
  return (
    <Row
      data-job={job.id}
      aria-rowindex={index + 2}
      selected={open}
      onClick={(event) => {
        if (!(event.target as Element).closest("label")) changeQueueView({ job: job.id });
      }}
      className={clsx("cursor-default has-focus-visible:bg-hover", gone && "text-muted line-through opacity-70")}
    >
      {tick === null ? null : <Cell>{tick}</Cell>}
      <Cell>
        <button
          type="button"
          data-row
          aria-label={`Job ${job.id}${job.name === null ? "" : `, ${job.name}`}`}
          aria-expanded={open}
          className="flex h-7 w-full min-w-0 items-center text-left"
        >
          <Middle text={job.id} className="w-full" />
        </button>
      </Cell>
      <Cell className="truncate">
        <span className="flex min-w-0 items-center gap-1.5">
          <span className="truncate" title={job.name ?? undefined}>
            {job.name ?? <span className="text-muted">the job is gone</span>}
          </span>
          {job.schedulerId === null ? null : (
            <Mark icon={CalendarClock} label={`By the scheduler ${job.schedulerId}`} />
          )}
          {job.hasParent ? <Mark icon={GitBranch} label="Part of a flow" /> : null}
        </span>
      </Cell>
      {columns.map(({ id, figure, look, draw }) => (
        <Cell key={id} figure={figure ?? false} className={clsx(look.replace(/(^| )w-\S+/, ""), "truncate")}>
          {gone ? "–" : draw(job, ahead)}
        </Cell>
      ))}
    </Row>
  );
}

function Mark({ icon: Icon, label }: { icon: typeof GitBranch; label: string }) {
  return (
    <span title={label} className="shrink-0 text-muted">
      <Icon aria-hidden className="size-3.5" strokeWidth={1.75} />
      <span className="sr-only">{label}</span>
    </span>
  );
}
