"use client";

import { Middle } from "@/components/ui/middle";
import { formatCount, plural } from "@/lib/client/format";
import { useRunQueueBulk } from "@/lib/client/queues/acts";
import type { QueueBulkState } from "@/lib/contracts/queue-bulk";
import { ConfirmPlan } from "../../bulk/confirm-plan";
import { Refused } from "../../bulk/refused";
import { BULK_VERBS, type BulkRequest } from "./bulk-request";

/** The dry run's answer: exactly these jobs, and what happens to them. */
export function BulkPlan({
  bulk,
  request,
  onClose,
}: {
  bulk: QueueBulkState;
  request: BulkRequest;
  onClose: () => void;
}) {
  const run = useRunQueueBulk();
  const { id, act, confirm, plan } = bulk;
  const removes = act !== "retry" && act !== "promote";
  const object = act === "obliterate" ? request.what : plural(plan.count, "job");
  return (
    <ConfirmPlan
      typed={confirm}
      act={`${BULK_VERBS[act]} ${object}`}
      danger={removes}
      disabled={plan.count === 0 && act !== "obliterate"}
      run={{ ...run, mutate: (given) => run.mutate({ id, ...given }) }}
      onClose={onClose}
    >
      <p>
        <span className="font-medium">{plural(plan.count, "job")}</span>
        {consequenceOf(bulk)}
        {removes ? " This cannot be undone." : ""}
      </p>
      <Refused refused={plan.refused} />
      <Sample plan={plan} />
    </ConfirmPlan>
  );
}

function consequenceOf({ act, plan: { complete } }: QueueBulkState): string {
  if (act === "obliterate") return " go, and with them the schedulers, settings and events of the queue.";
  const cut = complete ? "" : "; the list was cut there: run it again for the rest";
  return `${cut}. Each is looked at again before it is changed; one that has moved on meanwhile is left alone.`;
}

function Sample({ plan: { sample, count } }: Pick<QueueBulkState, "plan">) {
  if (sample.length === 0) return null;
  const rest = count - sample.length;
  return (
    <div>
      <h3 className="mb-1 text-label font-medium">
        {rest > 0 ? `The first ${sample.length}` : "The jobs"}
        {rest > 0 ? <span className="font-normal text-muted">, and {formatCount(rest)} more</span> : null}
      </h3>
      <ul className="max-h-52 overflow-y-auto rounded-control border border-line px-3">
        {sample.map((job) => (
          <li key={job.id} className="flex items-center gap-4 border-b border-line py-1 last:border-b-0">
            <span className="w-28 shrink-0">
              <Middle text={job.id} />
            </span>
            <span className="w-36 shrink-0 truncate">{job.name ?? "gone"}</span>
            <span className="min-w-0 flex-1 truncate text-muted">{job.failedReason}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
