"use client";

import { formatBytes, formatCount, plural } from "@/lib/client/format";
import { useStopBulk } from "@/lib/client/keys/changes";
import type { BulkState } from "@/lib/contracts/key-bulk";
import { Progress } from "../../bulk/progress";

export function BulkProgress({ bulk }: { bulk: BulkState }) {
  const stop = useStopBulk();
  const { plan, progress } = bulk;
  const act = { stopping: stop.isPending, onStop: () => stop.mutate(bulk.id) };
  if (bulk.state === "planning")
    return (
      <Progress {...act} done={plan.examined} all={plan.total} note="Nothing is changed yet.">
        Looking: {plural(plan.count, "key")}, {formatBytes(plan.bytes)} so far. Scanned {formatCount(plan.examined)} of{" "}
        {formatCount(plan.total)} names.
      </Progress>
    );
  return (
    <Progress
      {...act}
      done={progress.done}
      all={plan.count}
      note="What is done stays done, and can be undone afterwards."
    >
      {formatCount(progress.done)} of {plural(plan.count, "key")}; {formatCount(progress.changed)} changed,{" "}
      {formatCount(progress.skipped)} left alone.
    </Progress>
  );
}
