"use client";

import { ToneMark } from "@/components/ui/status";
import { formatBytes, plural } from "@/lib/client/format";
import { useRunBulk } from "@/lib/client/keys/changes";
import type { BulkState } from "@/lib/contracts/key-bulk";
import { ConfirmPlan } from "../../bulk/confirm-plan";
import { Refused } from "../../bulk/refused";
import { BulkSample } from "./bulk-sample";

/** The dry run's answer: exactly these keys, and what happens to them. */
export function BulkPlan({ bulk: { id, action, confirm, plan }, onClose }: { bulk: BulkState; onClose: () => void }) {
  const run = useRunBulk();
  return (
    <ConfirmPlan
      typed={confirm}
      act={`${action === "delete" ? "Delete" : "Change the TTL of"} ${plural(plan.count, "key")}`}
      disabled={plan.count === 0}
      run={{ ...run, mutate: (given) => run.mutate({ id, ...given }) }}
      onClose={onClose}
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
    </ConfirmPlan>
  );
}
