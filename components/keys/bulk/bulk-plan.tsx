"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ToneMark } from "@/components/ui/status";
import { TextField } from "@/components/ui/text-field";
import { TypedConfirm, useTypedConfirm } from "@/components/ui/typed-confirm";
import { formatBytes, formatCount, plural } from "@/lib/client/format";
import { useRunBulk } from "@/lib/client/key-changes";
import type { BulkState } from "@/lib/contracts/key-bulk";
import { RefusalNote } from "../editing/refusal-note";
import { BulkSample } from "./bulk-sample";

/** The dry run's answer: exactly these keys, and what happens to them. */
export function BulkPlan({ bulk, onClose }: { bulk: BulkState; onClose: () => void }) {
  const run = useRunBulk();
  const confirm = useTypedConfirm(bulk.confirm);
  const [reason, setReason] = useState("");
  const { plan } = bulk;
  const act = bulk.action === "delete" ? "Delete" : "Change the TTL of";
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (confirm.check()) run.mutate({ id: bulk.id, confirm: confirm.given, ...(reason.trim() && { reason }) });
      }}
    >
      <p>
        <span className="font-medium">
          {plural(plan.count, "key")}, {formatBytes(plan.bytes)}
        </span>
        {plan.complete ? "" : ", the list was cut there: run it again for the rest"}. Each is looked at again before it
        is changed; one that has changed meanwhile is left alone.
      </p>
      <Refused refused={plan.refused} />
      <BulkSample plan={plan} />
      <p className="flex items-start gap-2">
        <ToneMark tone={plan.undo.possible ? "ok" : "warn"} className="mt-0.5" />
        {plan.undo.possible
          ? "Can be undone for one hour."
          : `Cannot be undone: ${plan.undo.because ?? "no copies are kept"}`}
      </p>
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
        <Button type="submit" variant="danger" disabled={plan.count === 0} pending={run.isPending}>
          {act} {plural(plan.count, "key")}
        </Button>
      </div>
    </form>
  );
}

function Refused({ refused }: { refused: BulkState["plan"]["refused"] }) {
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
