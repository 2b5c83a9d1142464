"use client";

import { Button } from "@/components/ui/button";
import { Meter } from "@/components/ui/meter";
import { formatCount, plural } from "@/lib/client/format";
import { useStopQueueBulk } from "@/lib/client/queue-acts";
import type { QueueBulkState } from "@/lib/contracts/queue-bulk";

export function BulkProgress({ bulk, onClose }: { bulk: QueueBulkState; onClose: () => void }) {
  const stop = useStopQueueBulk();
  const { plan, progress } = bulk;
  const isPlanning = bulk.state === "planning";
  const [done, all] = isPlanning ? [plan.examined, plan.total] : [progress.done, plan.count];
  return (
    <div className="flex flex-col gap-3">
      <p role="status">
        {isPlanning
          ? `Looking: ${plural(plan.count, "job")} so far, ${formatCount(plan.examined)} of ${formatCount(plan.total)} examined.`
          : `${formatCount(progress.done)} of ${plural(plan.count, "job")}; ${formatCount(progress.changed)} changed, ${formatCount(progress.skipped)} left alone.`}
      </p>
      <Meter share={all > 0 ? done / all : 0} />
      <p className="text-muted">
        {isPlanning ? "Nothing is changed yet." : "What is done stays done. It goes on when this is closed."}
      </p>
      <div className="flex justify-end gap-2">
        {isPlanning ? null : <Button onClick={onClose}>Close, and let it go on</Button>}
        <Button pending={stop.isPending} onClick={() => stop.mutate(bulk.id)}>
          Stop
        </Button>
      </div>
    </div>
  );
}
