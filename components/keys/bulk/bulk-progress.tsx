"use client";

import { Button } from "@/components/ui/button";
import { Meter } from "@/components/ui/meter";
import { formatBytes, formatCount, plural } from "@/lib/client/format";
import { useStopBulk } from "@/lib/client/key-changes";
import type { BulkState } from "@/lib/contracts/key-bulk";

export function BulkProgress({ bulk }: { bulk: BulkState }) {
  const stop = useStopBulk();
  const { plan, progress } = bulk;
  const isPlanning = bulk.state === "planning";
  const [done, all] = isPlanning ? [plan.examined, plan.total] : [progress.done, plan.count];
  return (
    <div className="flex flex-col gap-3">
      <p role="status">
        {isPlanning ? (
          <>
            Looking: {plural(plan.count, "key")}, {formatBytes(plan.bytes)} so far. Scanned {formatCount(plan.examined)}{" "}
            of {formatCount(plan.total)} names.
          </>
        ) : (
          <>
            {formatCount(progress.done)} of {plural(plan.count, "key")}; {formatCount(progress.changed)} changed,{" "}
            {formatCount(progress.skipped)} left alone.
          </>
        )}
      </p>
      <Meter share={all > 0 ? done / all : 0} />
      <p className="text-muted">
        {isPlanning ? "Nothing is changed yet." : "What is done stays done, and can be undone afterwards."}
      </p>
      <div className="flex justify-end">
        <Button pending={stop.isPending} onClick={() => stop.mutate(bulk.id)}>
          Stop
        </Button>
      </div>
    </div>
  );
}
