"use client";

import { ArrowUpToLine, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { plural } from "@/lib/client/format";
import { useMe } from "@/lib/client/me";
import { STATE_WORDS } from "@/lib/client/queues/words";
import { allows } from "@/lib/contracts/endpoint";
import type { JobSelection } from "@/lib/contracts/queue-bulk";
import type { JobState } from "@/lib/contracts/queues";
import { QueueBulkDialog } from "../bulk/bulk-dialog";
import type { BulkRequest } from "../bulk/bulk-request";

/** What can be done with many jobs at once; there when some are ticked. */
export function SelectionBar({
  queue,
  state,
  ids,
  all,
  mayBeMore,
  isSearch,
  onClear,
}: {
  queue: string;
  state: JobState;
  ids: string[];
  all: JobSelection;
  mayBeMore: boolean;
  isSearch: boolean;
  onClear: () => void;
}) {
  const { role } = useMe();
  const [widened, setWidened] = useState(false);
  const [request, setRequest] = useState<BulkRequest | null>(null);
  const allWords = isSearch
    ? "all jobs that match the search"
    : `all jobs in ${STATE_WORDS[state].label.toLowerCase()}`;
  const what = widened ? allWords : plural(ids.length, "job");
  const ask = (kind: BulkRequest["kind"]) => setRequest({ kind, what, select: widened ? all : { ids } });
  return (
    <>
      <section
        aria-label="Selected jobs"
        className="sticky bottom-0 z-10 flex min-h-11 flex-wrap items-center gap-2 border-t border-line bg-sunken px-4 py-1.5"
      >
        <p className="mr-auto" aria-live="polite">
          <span className="font-medium">{widened ? allWords : `${plural(ids.length, "job")} selected`}</span>
          {mayBeMore && !widened ? (
            <button type="button" className="ml-2 underline underline-offset-2" onClick={() => setWidened(true)}>
              Select {allWords}
            </button>
          ) : null}
        </p>
        {state === "failed" || state === "completed" ? (
          <Button size="sm" icon={<RotateCcw className="size-3.5" aria-hidden />} onClick={() => ask("retry")}>
            Retry…
          </Button>
        ) : null}
        {state === "delayed" ? (
          <Button size="sm" icon={<ArrowUpToLine className="size-3.5" aria-hidden />} onClick={() => ask("promote")}>
            Promote…
          </Button>
        ) : null}
        {allows(role, "admin") ? (
          <Button size="sm" icon={<Trash2 className="size-3.5" aria-hidden />} onClick={() => ask("remove")}>
            Remove…
          </Button>
        ) : null}
        <Button size="sm" variant="ghost" onClick={onClear}>
          Clear
        </Button>
      </section>
      {request ? <QueueBulkDialog queue={queue} request={request} onClose={() => setRequest(null)} /> : null}
    </>
  );
}
