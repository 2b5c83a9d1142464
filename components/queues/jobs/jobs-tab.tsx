"use client";

import { isSearch, type QueueView } from "@/lib/client/queues/view";
import type { JobState, QueueDetail } from "@/lib/contracts/queues";
import { FailureGroups } from "./failure-groups";
import { FoundJobs } from "./found-jobs";
import { JobToolbar } from "./job-toolbar";
import { PagedJobs } from "./paged-jobs";
import { Priorities } from "./priorities";

/** The jobs of one state: page by page, those that a search finds, or failures grouped. */
export function JobsTab({ detail, state, view }: { detail: QueueDetail; state: JobState; view: QueueView }) {
  const isGrouped = state === "failed" && view.grouped && !isSearch(view);
  return (
    <>
      <JobToolbar state={state} view={view} />
      {state === "prioritized" ? <Priorities priorities={detail.priorities} /> : null}
      {isSearch(view) ? (
        <FoundJobs key={JSON.stringify([view.q, view.in, view.path, view.order])} {...{ detail, state, view }} />
      ) : isGrouped ? (
        <FailureGroups detail={detail} />
      ) : (
        <PagedJobs key={`${view.order} ${view.from}`} {...{ detail, state, view }} />
      )}
    </>
  );
}
