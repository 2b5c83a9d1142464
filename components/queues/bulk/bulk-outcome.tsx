"use client";

import { Button } from "@/components/ui/button";
import { ToneMark } from "@/components/ui/status";
import { formatCount, plural } from "@/lib/client/format";
import type { QueueBulkState } from "@/lib/contracts/queue-bulk";

const ENDS = {
  done: { head: "Done", tone: "ok" },
  stopped: { head: "Stopped", tone: "paused" },
  failed: { head: "It failed", tone: "bad" },
} as const;

export function BulkOutcome({ bulk, onClose }: { bulk: QueueBulkState; onClose: () => void }) {
  const { progress, skipped } = bulk;
  const { head, tone } = ENDS[bulk.state as keyof typeof ENDS];
  return (
    <div className="flex flex-col gap-3">
      <p role="status" className="flex items-start gap-2">
        <ToneMark tone={tone} className="mt-0.5" />
        <span>
          <span className="font-medium">{head}.</span> {plural(progress.changed, "job")} changed
          {progress.skipped > 0 ? `, ${formatCount(progress.skipped)} left alone` : ""}. {bulk.message}
        </span>
      </p>
      {skipped.length > 0 ? (
        <ul className="rounded-control border border-line px-3">
          {skipped.map((one) => (
            <li key={one.id} className="border-b border-line py-1 last:border-b-0">
              <span className="font-mono text-label break-all">{one.id}</span>
              <span className="text-muted"> {one.because}</span>
            </li>
          ))}
        </ul>
      ) : null}
      <div className="flex justify-end">
        <Button variant="primary" onClick={onClose} autoFocus>
          Close
        </Button>
      </div>
    </div>
  );
}
