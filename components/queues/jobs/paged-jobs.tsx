"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, Layers } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Loaded } from "@/components/ui/loaded";
import { Select } from "@/components/ui/select";
import { formatCount } from "@/lib/client/format";
import { usePolling } from "@/lib/client/live";
import { queueQueries } from "@/lib/client/queues/queries";
import { PAGE_ROWS, type PageRows, type QueueView } from "@/lib/client/queues/view";
import { STATE_WORDS } from "@/lib/client/queues/words";
import type { JobState, QueueDetail } from "@/lib/contracts/queues";
import { changeQueueView } from "../queue/use-queue-view";
import { JobTable } from "./job-table";

/** A page of a state's jobs; whatever the state holds, a page is all that is read and drawn. */
export function PagedJobs({ detail, state, view }: { detail: QueueDetail; state: JobState; view: QueueView }) {
  const { order, from: offset, rows: limit } = view;
  const query = useQuery({
    ...queueQueries.jobs(detail.name, { state, order, offset, limit }),
    refetchInterval: usePolling(),
  });
  return (
    <Loaded query={query} what="The jobs could not be read" rows={12}>
      {({ jobs, total, asOf }) => (
        <>
          {jobs.length > 0 ? (
            <JobTable {...{ detail, state, jobs, total }} ahead={query.dataUpdatedAt - asOf} />
          ) : total > 0 ? (
            <EmptyState icon={Layers} title="There is no such page any more">
              {formatCount(total)} jobs are left in this state.
            </EmptyState>
          ) : (
            <EmptyState icon={Layers} title={`No job is ${STATE_WORDS[state].label.toLowerCase()}`}>
              {STATE_WORDS[state].sentence}
            </EmptyState>
          )}
          <Pager offset={offset} rows={limit} shown={jobs.length} total={total} />
        </>
      )}
    </Loaded>
  );
}

function Pager({ offset, rows, shown, total }: { offset: number; rows: PageRows; shown: number; total: number }) {
  if (offset === 0 && total <= PAGE_ROWS[0]) return null;
  const go = (from: number) => changeQueueView({ from: Math.max(0, from) });
  return (
    <nav aria-label="Pages" className="flex items-center justify-end gap-1 border-t border-line px-4 py-1.5">
      <Select
        label="Rows a page"
        hideLabel
        className="mr-auto w-36"
        value={String(rows)}
        options={PAGE_ROWS.map((one) => ({ value: String(one), label: `${formatCount(one)} a page` }))}
        onChange={(next) => {
          const chosen = PAGE_ROWS.find((one) => String(one) === next) ?? PAGE_ROWS[0];
          changeQueueView({ rows: chosen, from: offset - (offset % chosen) });
        }}
      />
      <span className="mr-2 text-muted">
        {shown === 0 ? "0" : `${formatCount(offset + 1)} – ${formatCount(offset + shown)}`} of {formatCount(total)}
      </span>
      <IconButton label="Previous page" disabled={offset === 0} onClick={() => go(offset - rows)}>
        <ChevronLeft className="size-4" aria-hidden />
      </IconButton>
      <IconButton label="Next page" disabled={offset + rows >= total} onClick={() => go(offset + rows)}>
        <ChevronRight className="size-4" aria-hidden />
      </IconButton>
    </nav>
  );
}
