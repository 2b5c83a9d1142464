"use client";

import { Button } from "@/components/ui/button";
import { formatCount, plural } from "@/lib/client/format";
import { useStopQueueBulk } from "@/lib/client/queues/acts";
import type { QueueBulkState } from "@/lib/contracts/queue-bulk";
import { Progress } from "../../bulk/progress";

export function BulkProgress({ bulk, onClose }: { bulk: QueueBulkState; onClose: () => void }) {
  const stop = useStopQueueBulk();
  const { plan, progress } = bulk;
  const act = { stopping: stop.isPending, onStop: () => stop.mutate(bulk.id) };
  if (bulk.state === "planning")
    return (
      <Progress {...act} done={plan.examined} all={plan.total} note="Nothing is changed yet.">
        Looking: {plural(plan.count, "job")} so far, {formatCount(plan.examined)} of {formatCount(plan.total)} examined.
      </Progress>
    );
  return (
    <Progress
      {...act}
      done={progress.done}
      all={plan.count}
      note="What is done stays done. It goes on when this is closed."
      actions={<Button onClick={onClose}>Close, and let it go on</Button>}
    >
      {formatCount(progress.done)} of {plural(plan.count, "job")}; {formatCount(progress.changed)} changed,{" "}
      {formatCount(progress.skipped)} left alone.
    </Progress>
  );
}
