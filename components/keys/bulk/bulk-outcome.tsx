"use client";

import { Button } from "@/components/ui/button";
import { plural } from "@/lib/client/format";
import type { BulkState } from "@/lib/contracts/key-bulk";
import { type BulkEnd, Outcome } from "../../bulk/outcome";
import { useUndoAct } from "../editing/use-change-toast";

export function BulkOutcome({ bulk, onClose }: { bulk: BulkState; onClose: () => void }) {
  const undo = useUndoAct();
  const { progress, skipped, undoId } = bulk;
  return (
    <Outcome
      state={bulk.state as BulkEnd}
      changed={plural(progress.changed, "key")}
      message={bulk.message}
      leftAlone={progress.skipped}
      skipped={skipped.map(({ k, ...one }) => ({ id: k, ...one }))}
      onClose={onClose}
      actions={
        undoId ? (
          <Button
            onClick={() => {
              onClose();
              void undo(undoId);
            }}
          >
            Undo
          </Button>
        ) : null
      }
    />
  );
}
