"use client";

import { Button } from "@/components/ui/button";
import { ToneMark } from "@/components/ui/status";
import { formatCount, plural } from "@/lib/client/format";
import type { BulkState } from "@/lib/contracts/key-bulk";
import { useUndoAct } from "../editing/use-change-toast";

const HEADS = { done: "Done", stopped: "Stopped", failed: "It failed" } as const;
const TONES = { done: "ok", stopped: "paused", failed: "bad" } as const;

type Ended = keyof typeof HEADS;

export function BulkOutcome({ bulk, onClose }: { bulk: BulkState; onClose: () => void }) {
  const undo = useUndoAct();
  const { progress, skipped, undoId } = bulk;
  const state = bulk.state as Ended;
  return (
    <div className="flex flex-col gap-3">
      <p role="status" className="flex items-start gap-2">
        <ToneMark tone={TONES[state]} className="mt-0.5" />
        <span>
          <span className="font-medium">{HEADS[state]}.</span> {plural(progress.changed, "key")} changed
          {progress.skipped > 0 ? `, ${formatCount(progress.skipped)} left alone` : ""}. {bulk.message}
        </span>
      </p>
      {skipped.length > 0 ? (
        <ul className="rounded-control border border-line px-3">
          {skipped.map((one) => (
            <li key={one.k} className="border-b border-line py-1 last:border-b-0">
              <span className="font-mono text-label break-all">{one.name}</span>
              <span className="text-muted"> {one.because}</span>
            </li>
          ))}
        </ul>
      ) : null}
      <div className="flex justify-end gap-2">
        {undoId ? (
          <Button
            onClick={() => {
              onClose();
              void undo(undoId);
            }}
          >
            Undo
          </Button>
        ) : null}
        <Button variant="primary" onClick={onClose} autoFocus>
          Close
        </Button>
      </div>
    </div>
  );
}
