import { plural } from "@/lib/client/format";
import type { QueueBulkState } from "@/lib/contracts/queue-bulk";
import { type BulkEnd, Outcome } from "../../bulk/outcome";

export function BulkOutcome({ bulk, onClose }: { bulk: QueueBulkState; onClose: () => void }) {
  const { progress, skipped } = bulk;
  return (
    <Outcome
      state={bulk.state as BulkEnd}
      changed={plural(progress.changed, "job")}
      message={bulk.message}
      leftAlone={progress.skipped}
      skipped={skipped.map((one) => ({ name: one.id, ...one }))}
      onClose={onClose}
    />
  );
}
