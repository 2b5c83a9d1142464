"use client";

import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Middle } from "@/components/ui/middle";
import { TextField } from "@/components/ui/text-field";
import { TypedConfirm, useTypedConfirm } from "@/components/ui/typed-confirm";
import { formatCount, plural } from "@/lib/client/format";
import { useRunQueueBulk } from "@/lib/client/queue-acts";
import type { QueueBulkState } from "@/lib/contracts/queue-bulk";
import { RefusalNote } from "../../keys/editing/refusal-note";
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
  const confirm = useTypedConfirm(bulk.confirm);
  const [reason, setReason] = useState("");
  const { plan } = bulk;
  const removes = bulk.act !== "retry" && bulk.act !== "promote";
  const object = bulk.act === "obliterate" ? request.what : plural(plan.count, "job");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (confirm.check()) run.mutate({ id: bulk.id, confirm: confirm.given, ...(reason.trim() && { reason }) });
  };
  return (
    <form className="flex flex-col gap-4" onSubmit={submit}>
      <p>
        <span className="font-medium">{plural(plan.count, "job")}</span>
        {plan.complete ? "" : "; the list was cut there: run it again for the rest"}. Each is looked at again before it
        is changed; one that has moved on meanwhile is left alone.
        {removes ? " This cannot be undone." : ""}
      </p>
      <Refused refused={plan.refused} />
      <Sample plan={plan} />
      <TypedConfirm {...confirm} />
      <TextField
        label="Reason"
        hint="Optional; goes into the audit."
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <RefusalNote error={run.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          type="submit"
          variant={removes ? "danger" : "primary"}
          disabled={plan.count === 0 && bulk.act !== "obliterate"}
          pending={run.isPending}
        >
          {BULK_VERBS[bulk.act]} {object}
        </Button>
      </div>
    </form>
  );
}

function Refused({ refused }: { refused: QueueBulkState["plan"]["refused"] }) {
  const reasons = Object.entries(refused);
  if (reasons.length === 0) return null;
  return (
    <div className="rounded-control bg-sunken px-3 py-2">
      <p>Left alone, whatever you confirm:</p>
      <ul className="mt-1 text-muted">
        {reasons.map(([reason, count]) => (
          <li key={reason}>
            <span className="text-fg">{formatCount(count)}</span> {reason}
          </li>
        ))}
      </ul>
    </div>
  );
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
