"use client";

import { useState } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import { plural } from "@/lib/client/format";
import { useQueueAct } from "@/lib/client/queues/acts";
import { removeJob } from "@/lib/contracts/queue-job-acts";
import type { JobDetail } from "@/lib/contracts/queue-jobs";
import { changeQueueView } from "../queue/use-queue-view";
import { useUndoToast } from "../use-undo-toast";

/** Removes a job, with a way back for an hour. */
export function RemoveJobDialog({ job, onClose }: { job: JobDetail; onClose: () => void }) {
  const remove = useQueueAct(removeJob);
  const removed = useUndoToast();
  const [withChildren, setWithChildren] = useState(false);
  const { queue, id, children } = job;
  const count = children.processed + children.unprocessed + children.failed + children.ignored;
  const run = ({ confirm, reason }: { confirm: string | undefined; reason: string | undefined }) =>
    remove.mutate(
      { params: { queue, id }, body: { withChildren, ...(confirm && { confirm }), ...(reason && { reason }) } },
      {
        onSuccess: (reply) => {
          onClose();
          changeQueueView({ job: null });
          removed(`Removed job ${id}`, reply);
        },
        onError: (error) => toast(`Job ${id} stays`, { tone: "bad", detail: error.message }),
      },
    );
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Remove job ${id}?`}
      consequence={`${job.name ?? "It"} is taken out of ${queue}. It can be brought back for an hour, with the same id and options; it will then run again.`}
      act={`Remove job ${id}`}
      typed={job.confirm}
      askReason
      pending={remove.isPending}
      failure={remove.error?.message}
      onConfirm={run}
    >
      {count > 0 ? (
        <Checkbox
          label={`With its ${plural(count, "child", "children")}; they cannot be brought back`}
          checked={withChildren}
          onChange={(event) => setWithChildren(event.target.checked)}
        />
      ) : null}
    </ConfirmDialog>
  );
}
